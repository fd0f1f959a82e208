// Schemas of the real daemon: families by pattern side by side, a team's own package beside the data, what happens when it
// is broken, gone, changed or grown, and that no other ledger ever suffers.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { ask } from '../test/http-caller.ts'
import type { Answer } from '../test/http-caller.ts'
import { installPackage, roomsSource, writeConfig } from '../test/schema-package.ts'

const rule = { ledgers: 'rooms/*', package: '@team/rooms' }
const knock = (who: string, key: string): string => JSON.stringify({ type: 'door.knocked', data: { who }, key })
const weather = '{"type": "weather.changed", "data": {"sky": "clear"}}'
const run = JSON.stringify({
  type: 'run',
  data: {
    intent_sha256: `sha256:${'a'.repeat(64)}`,
    bundle_sha256: null,
    result_kind: 'REFUSE',
    accepted: false,
    mode: 'none',
    policy: 'strict',
  },
})

let at = scratch()
const running: DaemonProcess[] = []

async function start(args: readonly string[] = []): Promise<DaemonProcess> {
  const daemon = await DaemonProcess.start(at.folder, at.socket, args)
  running.push(daemon)
  return daemon
}

/** What a daemon says that does not start. */
async function refusal(args: readonly string[] = []): Promise<string> {
  const daemon = DaemonProcess.spawn(at.folder, at.socket, args)
  const { code } = await daemon.exited
  expect(code).toBe(2)
  return daemon.said
}

async function stop(daemon: DaemonProcess): Promise<void> {
  await daemon.kill('SIGTERM')
}

const get = (target: string): Promise<Answer> => ask({ name: 'socket', socket: at.socket }, { path: target })
const append = (ledger: string, body: string): Promise<Answer> =>
  ask({ name: 'socket', socket: at.socket }, { path: `/v1/ledgers/${ledger}/append`, body })
const stat = async (ledger: string): Promise<Record<string, unknown>> =>
  JSON.parse((await get(`/v1/ledgers/${ledger}`)).body)
const origin = (
  ledger: string,
  name = 'created.json',
): { schemas: { version: string; digest: string; fromSeq: number }[] } =>
  JSON.parse(fs.readFileSync(path.join(at.folder, '.ledgerd/ledgers', `${ledger}.jsonl`, name), 'utf8'))

afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.kill('SIGKILL')
  at.remove()
  at = scratch()
})

describe('families by pattern', () => {
  it('serves three side by side, each with its own lines, and records which is which', async () => {
    installPackage(at.folder, '@team/rooms', '1.0.0', roomsSource())
    writeConfig(at.folder, { schemas: [rule, { ledgers: '**', package: 'world-events' }] })
    await start(['--schema', 'runs/**=kernel-runs'])
    for (const [ledger, draft] of [
      ['runs/today/ci', run],
      ['rooms/hall', knock('Mira', 'k1')],
      ['worlds/hall', weather],
    ] as const)
      expect(await append(ledger, draft)).toMatchObject({ status: 200 })
    const all = (await get('/v1/ledgers')).body.trim().split('\n')
    expect(all.map((line) => JSON.parse(line) as object)).toMatchObject([
      { ledger: 'rooms/hall', schema: '@team/rooms', state: 'open' },
      { ledger: 'runs/today/ci', schema: '@ledgerd/schema-kernel-runs', state: 'open' },
      { ledger: 'worlds/hall', schema: '@ledgerd/schema-world-events', state: 'open' },
    ])
    const line = fs.readFileSync(path.join(at.folder, 'runs/today/ci.jsonl'), 'utf8')
    expect(line).toMatch(/^\{"accepted":false,"bundle_sha256":null,.*"timestamp":"[^"]+Z"\}\n$/)
    const { schemas } = origin('rooms/hall')
    expect(schemas).toMatchObject([{ version: '1.0.0', fromSeq: 0, digest: expect.stringMatching(/^sha256:/) }])
    const copy = `${schemas[0]?.digest.slice('sha256:'.length)}.json`
    expect(fs.readdirSync(path.join(at.folder, '.ledgerd/schemas'))).toContain(copy)
  })

  it('refuses what does not fit, in the words of the package, though it brings its own copy of everything', async () => {
    installPackage(at.folder, '@team/rooms', '1.0.0', roomsSource())
    writeConfig(at.folder, { schemas: [rule] })
    await start()
    const { status, body } = await append('rooms/hall', '{"type": "door.knocked", "data": {"who": 7}}')
    expect([status, JSON.parse(body)]).toMatchObject([422, { error: { code: 'SCHEMA_INVALID' } }])
    expect(fs.existsSync(path.join(at.folder, 'rooms/hall.jsonl'))).toBe(false)
    const key = await append('rooms/hall', knock('Mira', 'k1'))
    const again = await append('rooms/hall', knock('Mira', 'k1'))
    expect(JSON.parse(again.body)).toEqual({ ...JSON.parse(key.body), duplicate: true })
  })

  it('adopts a file under the family its lines speak for', async () => {
    const runs = new URL('../../../packages/schemas/kernel-runs/vectors/real_cli_runs.jsonl', import.meta.url)
    fs.mkdirSync(at.folder, { recursive: true })
    fs.copyFileSync(runs, path.join(at.folder, 'old.jsonl'))
    await start()
    expect(await stat('old')).toMatchObject({ schema: '@ledgerd/schema-kernel-runs', state: 'open' })
    expect(fs.readFileSync(path.join(at.folder, 'old.jsonl'))).toEqual(fs.readFileSync(runs))
  })
})

describe('a recorded schema that is not there', () => {
  it('refuses appends to that ledger alone, says what to install, and takes them once it is back', async () => {
    installPackage(at.folder, '@team/rooms', '1.0.0', roomsSource())
    writeConfig(at.folder, { schemas: [rule] })
    const first = await start()
    await append('rooms/hall', knock('Mira', 'k1'))
    await stop(first)
    const bytes = fs.readFileSync(path.join(at.folder, 'rooms/hall.jsonl'))
    fs.renameSync(path.join(at.folder, 'ledgerd.json'), path.join(at.folder, 'ledgerd.json.away'))

    const second = await start()
    const ready = await get('/readyz')
    expect(ready.status).toBe(503)
    expect(JSON.parse(ready.body)).toMatchObject({ stopped: [{ ledger: 'rooms/hall', reason: 'schema-unknown' }] })
    expect(await stat('rooms/hall')).toMatchObject({
      schema: '@team/rooms',
      state: 'stopped',
      reason: 'schema-unknown',
    })
    const refused = await append('rooms/hall', knock('Ash', 'k2'))
    expect(refused.status).toBe(422)
    const { error } = JSON.parse(refused.body) as { error: { code: string; message: string } }
    expect(error.code).toBe('SCHEMA_UNKNOWN')
    expect(error.message).toContain('npm install @team/rooms@^1.0.0')
    expect(error.message).toContain('"package": "@team/rooms"')
    expect((await get('/v1/ledgers/rooms/hall/lines')).body).toBe(bytes.toString())
    expect(await append('worlds/hall', weather)).toMatchObject({ status: 200 })
    await stop(second)
    expect(fs.readFileSync(path.join(at.folder, 'rooms/hall.jsonl'))).toEqual(bytes)

    fs.renameSync(path.join(at.folder, 'ledgerd.json.away'), path.join(at.folder, 'ledgerd.json'))
    await start()
    // The index made without the schema knew no identities; they are found again.
    expect(JSON.parse((await append('rooms/hall', knock('Mira', 'k1'))).body)).toMatchObject({
      seq: 0,
      duplicate: true,
    })
    expect(JSON.parse((await append('rooms/hall', knock('Ash', 'k2'))).body)).toMatchObject({ seq: 1 })
    expect((await get('/readyz')).status).toBe(200)
  })

  it('is written and upcast by the copy that is kept, once the operator names it', async () => {
    const next = '.next(z.looseObject({ who: text(), how: text().nullable() }), (old) => ({ ...old, how: null }))'
    installPackage(at.folder, '@team/rooms', '1.0.0', roomsSource())
    writeConfig(at.folder, { schemas: [rule] })
    await stop(await start())
    installPackage(at.folder, '@team/rooms', '2.0.0', roomsSource({ version: '2.0.0', next }))
    const first = await start()
    await append('rooms/hall', knock('Mira', 'k1').replace('"who"', '"how": "softly", "who"'))
    await stop(first)
    fs.rmSync(path.join(at.folder, 'node_modules/@team'), { recursive: true })
    expect(await refusal()).toContain('@team/rooms')

    writeConfig(at.folder, {})
    const second = await start()
    const { error } = JSON.parse((await append('rooms/hall', knock('Ash', 'k2'))).body) as {
      error: { message: string }
    }
    const copy = /"package": "(\.\/\.ledgerd\/schemas\/[0-9a-f]{64})"/.exec(error.message)?.[1] ?? 'none'
    await stop(second)

    writeConfig(at.folder, { schemas: [{ ...rule, package: copy }] })
    await start()
    const ash = knock('Ash', 'k2').replace('"who"', '"how": null, "who"')
    expect(JSON.parse((await append('rooms/hall', ash)).body)).toMatchObject({ seq: 1 })
    const old =
      '{"data": {"who": "Tam"}, "id": "a", "link": null, "meta": {}, "time": "2026-01-01T00:00:00.000Z", "type": "door.knocked"}'
    const reader = `import kept from ${JSON.stringify(path.join(at.folder, copy, 'index.js'))}
      console.log(JSON.stringify(kept.upcast(kept.decode(Buffer.from(${JSON.stringify(old)}))).data))`
    const read = spawnSync(process.execPath, ['--input-type=module', '-e', reader], { encoding: 'utf8' })
    expect([read.stderr, read.stdout]).toEqual(['', '{"who":"Tam","how":null}\n'])
  })

  it('says so when another family is ruled for it', async () => {
    const first = await start(['--schema', 'runs/*=kernel-runs'])
    await append('runs/ci', run)
    await stop(first)
    await start(['--schema', '**=world-events'])
    const refused = await append('runs/ci', run)
    expect(refused.status).toBe(503)
    expect(refused.body).toContain('give runs/ci its own rule in ledgerd.json')
    expect(await stat('runs/ci')).toMatchObject({
      reason: 'schema-contradicted',
      schema: '@ledgerd/schema-kernel-runs',
    })
  })
})

describe('another version of the package', () => {
  const next = `.next(z.looseObject({ who: text(), door: text().nullable() }), (old) => ({ ...old, door: null }))`

  async function withFirstVersion(): Promise<void> {
    installPackage(at.folder, '@team/rooms', '1.0.0', roomsSource())
    writeConfig(at.folder, { schemas: [rule] })
    const first = await start()
    await append('rooms/hall', knock('Mira', 'k1'))
    await stop(first)
  }

  it('is recorded when it first opens the ledger, behind the lines of the one before', async () => {
    await withFirstVersion()
    installPackage(at.folder, '@team/rooms', '1.1.0', roomsSource({ version: '1.1.0', next }))
    await start()
    const draft = JSON.stringify({ type: 'door.knocked', data: { who: 'Ash', door: 'north' } })
    expect(await append('rooms/hall', draft)).toMatchObject({ status: 200 })
    expect(origin('rooms/hall').schemas).toMatchObject([
      { version: '1.0.0', fromSeq: 0 },
      { version: '1.1.0', fromSeq: 1 },
    ])
  })

  it('is refused when it is older than the one recorded', async () => {
    await withFirstVersion()
    installPackage(at.folder, '@team/rooms', '0.9.0', roomsSource({ version: '0.9.0' }))
    await start()
    const { status, body } = await append('rooms/hall', knock('Ash', 'k2'))
    expect(status).toBe(422)
    expect(body).toContain('npm install @team/rooms@^1.0.0')
    expect(body).toContain('this daemon has 0.9.0 only')
  })

  const contradictions = [
    { name: 'the same version with other content', version: '1.0.0', want: 'a published version never changes' },
    {
      name: 'a newer version that changes an old event',
      version: '1.0.1',
      want: 'version 1 of door.knocked is another',
    },
  ]
  for (const { name, version, want } of contradictions)
    it(`is refused when it is ${name}`, async () => {
      await withFirstVersion()
      installPackage(at.folder, '@team/rooms', version, roomsSource({ version, fields: ', door: text().optional()' }))
      await start()
      const refused = await append('rooms/hall', knock('Ash', 'k2'))
      expect(refused.status).toBe(503)
      expect(refused.body).toContain(want)
      expect(await stat('rooms/hall')).toMatchObject({ reason: 'schema-contradicted' })
      expect((await get('/v1/ledgers/rooms/hall/lines')).body).toContain('Mira')
    })
})

describe('a package or config that cannot be used stops the start, naming file and fix', () => {
  const broken: readonly { name: string; source: string; want: readonly string[] }[] = [
    {
      name: 'throws when it is loaded',
      source: `throw new Error('no luck today')`,
      want: ['index.js does not load', 'no luck today'],
    },
    { name: 'is no JavaScript', source: 'export default {', want: ['index.js does not load'] },
    {
      name: 'exports no schema',
      source: 'export const answer = 42',
      want: ['index.js exports no ledger schema', 'defineSchema()'],
    },
    {
      name: 'has the wrong shape',
      source: `export default { name: 'rooms', family: 'rooms', openWriter: 1 }`,
      want: ['"version" is not', '"openWriter" is not a function'],
    },
    {
      name: 'exports two',
      source: `${roomsSource()}\nexport const a = { family: 'a', openWriter() {} }, b = a`.replace(
        'export default',
        'export const c =',
      ),
      want: ['exports several schemas (a, b, c)', 'default export'],
    },
    {
      name: 'has a transform',
      source: roomsSource({ fields: ', loud: z.string().transform((text) => text.length)' }),
      want: ['index.js does not load', 'stored bytes are never changed'],
    },
  ]
  for (const { name, source, want } of broken)
    it(name, async () => {
      const file = installPackage(at.folder, '@team/rooms', '1.0.0', source)
      writeConfig(at.folder, { schemas: [rule] })
      const said = await refusal()
      for (const words of ['CONFIG_INVALID', 'ledgerd.json at /schemas/0/package', file, ...want])
        expect(said).toContain(words)
    })

  it('is not installed', async () => {
    writeConfig(at.folder, { schemas: [rule] })
    expect(await refusal()).toContain('it is not installed; run: npm install')
  })

  it('is misspelt in the config', async () => {
    writeConfig(at.folder, { schemas: [{ ledgers: 'rooms/*', pakage: 'kernel-runs' }] })
    expect(await refusal()).toMatch(/ledgerd\.json at \/schemas\/0\/pa/)
  })

  it('is misspelt in the flag', async () => {
    expect(await refusal(['--schema', 'kernel-runs'])).toContain('write PATTERN=PACKAGE')
  })
})
