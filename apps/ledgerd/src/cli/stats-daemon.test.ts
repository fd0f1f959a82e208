// The stats of a ledger, golden in both forms: through its daemon, by its file beside it, and once it has stopped.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandHarness, openCommandHarness } from '../../test/command-harness.ts'
import { append, draft, ledger } from '../../test/engine-harness.ts'
import { run } from '../../test/memory-io.ts'

let daemon: CommandHarness
beforeAll(async () => {
  daemon = await openCommandHarness()
  await append(daemon.engine, [draft(1), draft(2), draft(3)])
  await append(daemon.engine, [draft(4)], { ledger: 'worlds/yard' })
  await append(daemon.engine, [draft(5)], { ledger: 'other' })
})
afterAll(async () => await daemon[Symbol.asyncDispose]())

const document = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>
/** Without what changes with every release of a schema package, and with every line. */
const masked = (text: string): string =>
  text
    .replace(/ \d+\.\d+\.\d+(?=["\n])/, ' VERSION')
    .replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:HASH')
    .replaceAll(/2026-01-01T00:00:00\.\d{3}Z/g, 'TIME')

const golden = {
  text: `worlds/hall   3 lines   1.5 kB   sha256:HASH
  schema       @ledgerd/schema-world-events VERSION
  digest       sha256:HASH
  types        chat.translation 3
  variants     python-ascii 3
  times        TIME to TIME
  root         sha256:HASH
  epoch        1
  state        open
`,
  json: {
    kind: 'stats',
    v: 1,
    target: 'worlds/hall',
    schema: '@ledgerd/schema-world-events VERSION',
    schemaDigest: 'sha256:HASH',
    epoch: 1,
    state: 'open',
    stop: null,
    tailBytes: 0,
    withheldLines: 0,
    lines: 3,
    blankLines: 0,
    bytes: 1482,
    sha256: 'sha256:HASH',
    root: 'sha256:HASH',
    types: { 'chat.translation': 3 },
    untyped: 0,
    variants: { 'python-ascii': 3 },
    earliest: 'TIME',
    latest: 'TIME',
    ledgerHash: null,
  },
}

describe('stats through the daemon', () => {
  it('says what is in a ledger and how it stands', async () => {
    const { out, err, exitCode } = await daemon.run(['stats', ledger])
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 })
    expect(masked(out)).toBe(golden.text)
  })

  it('says the same as one document', async () => {
    const { out } = await daemon.run(['stats', ledger, '--json'])
    expect(masked(out)).toBe(`${JSON.stringify(golden.json)}\n`)
  })

  it('has the root that the daemon states, and the hash of the file', async () => {
    const { out } = await daemon.run(['stats', ledger, '--json'])
    const bytes = fs.readFileSync(path.join(daemon.root, `${ledger}.jsonl`))
    expect(document(out)).toMatchObject({
      root: (await daemon.engine.stat(ledger)).root,
      sha256: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      bytes: bytes.length,
    })
  })

  it('says what the file says beside it, but for the state, which only a daemon knows', async () => {
    const byFile = await run(['stats', ledger, '--data', daemon.root, '--json'])
    const byDaemon = await daemon.run(['stats', ledger, '--json'])
    expect({ ...document(byFile.out), state: 'open' }).toEqual(document(byDaemon.out))
    const text = (await run(['stats', ledger, '--data', daemon.root])).out
    expect(masked(text)).toBe(golden.text.replace(/ {2}state .*\n/, ''))
  })

  const table: readonly { name: string; args: readonly string[]; want: readonly string[] }[] = [
    { name: 'every ledger', args: [], want: ['other', 'worlds/hall', 'worlds/yard'] },
    { name: 'a pattern', args: ['worlds/*'], want: ['worlds/hall', 'worlds/yard'] },
    { name: 'names in their order', args: ['worlds/yard', 'other'], want: ['worlds/yard', 'other'] },
    { name: 'a pattern of none', args: ['none/*'], want: [] },
  ]
  for (const { name, args, want } of table)
    it(`of ${name}, by daemon, by folder and by the folder's name`, async () => {
      const targetsOf = (out: string): unknown[] => [...out.matchAll(/"target":"([^"]+)"/g)].map(([, target]) => target)
      expect(targetsOf((await daemon.run(['stats', ...args, '--json'])).out)).toEqual(want)
      expect(targetsOf((await run(['stats', ...args, '--json', '--data', daemon.root])).out)).toEqual(want)
      if (args.length === 0) expect(targetsOf((await run(['stats', `${daemon.root}/`, '--json'])).out)).toEqual(want)
    })
})

describe('stats of what is not well', () => {
  it('goes on after a ledger that is not there', async () => {
    const { out, err, exitCode } = await daemon.run(['stats', 'none', 'other'])
    expect(exitCode).toBe(4)
    expect(err).toContain('LEDGER_NOT_FOUND')
    expect(out).toMatch(/^other {3}1 line /)
  })

  it('counts what is committed, and says what lies behind it', async () => {
    const file = path.join(daemon.root, 'other.jsonl')
    const whole = fs.readFileSync(file)
    fs.appendFileSync(file, draft(9))
    const { out } = await run(['stats', file])
    fs.writeFileSync(file, whole)
    expect(out).toMatch(/^.*other\.jsonl {3}1 line /)
    expect(out).toMatch(/\n {2}tail {9}\d+ B behind the committed end, not counted\n$/)
  })

  const damage: readonly { name: string; spoil: (bytes: Buffer) => Buffer; want: string }[] = [
    { name: 'shorter', spoil: (bytes) => bytes.subarray(0, -5), want: 'acknowledged-missing' },
    {
      name: 'edited',
      spoil: (bytes) => Buffer.from(bytes.toString('latin1').replace('Mira', 'Nora'), 'latin1'),
      want: 'acknowledged-damaged',
    },
  ]
  for (const { name, spoil, want } of damage)
    it(`of a file that is ${name} says why it would stop and what to do`, async () => {
      const file = path.join(daemon.root, 'other.jsonl')
      const whole = fs.readFileSync(file)
      fs.writeFileSync(file, spoil(whole))
      const stats = document((await run(['stats', file, '--json'])).out)
      const { out } = await run(['stats', file])
      fs.writeFileSync(file, whole)
      expect(stats).toMatchObject({ stop: { reason: want, since: null, remedy: expect.stringContaining('backup') } })
      expect(out).toMatch(new RegExp(`\\n {2}state {8}stopped: ${want}\\n {15}.*\\n {15}what to do: `))
    })

  it('of a stopped ledger says why, since when and what to do, in its stats, its refusal and its refusal again', async () => {
    const file = path.join(daemon.root, 'worlds/yard.jsonl')
    fs.appendFileSync(file, '{"foreign": true}\n')
    const refused = await append(daemon.engine, [draft(6)], { ledger: 'worlds/yard' }).catch((error: Error) => error)
    expect((refused as Error).message).toMatch(
      /takes no appends since 2026-01-01T00:00:00\.\d{3}Z: foreign-bytes, the file has/,
    )
    expect(refused).toMatchObject({
      code: 'LEDGER_STOPPED',
      details: { reason: 'foreign-bytes', since: expect.stringContaining('2026-01-01') },
    })
    const { out, exitCode } = await daemon.run(['stats', 'worlds/yard'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(
      /\n {2}state {8}stopped: foreign-bytes, since 2026-01-01T00:00:00\.\d{3}Z\n {15}the file has \d+ bytes, this writer left \d+\n {15}what to do: find the other program/,
    )
    const byFile = await run(['stats', 'worlds/yard', '--data', daemon.root])
    expect(byFile.out.match(/^ {2}state .*(\n {15}.*){2}/m)?.[0]).toBe(out.match(/^ {2}state .*(\n {15}.*){2}/m)?.[0])
    const { stop } = document((await daemon.run(['stats', 'worlds/yard', '--json'])).out)
    const { state: stateByFile, stop: stopByFile } = document((await run(['stats', file, '--json'])).out)
    expect({ stateByFile, stopByFile }).toEqual({ stateByFile: 'stopped', stopByFile: stop })
    expect(stop).toEqual({
      reason: 'foreign-bytes',
      since: expect.stringMatching(/^2026-01-01/),
      message: expect.any(String),
      remedy: expect.any(String),
    })
  })
})
