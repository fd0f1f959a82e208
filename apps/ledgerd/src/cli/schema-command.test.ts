import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Io } from './io.ts'
import { runCli } from './run-cli.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const family = path.resolve(import.meta.dirname, '../../../../packages/schemas/world-events')
let folder = ''
let interruption = new AbortController()

beforeEach(async () => {
  interruption = new AbortController()
  folder = await mkdtemp(path.join(os.tmpdir(), 'ledgerd-schema-'))
  const door = JSON.stringify(path.join(family, 'src/index.ts'))
  await writeFile(path.join(folder, 'index.ts'), `export { worldEvents } from ${door}\n`)
  await writeFile(path.join(folder, 'package.json'), '{"type":"module","exports":"./index.ts"}')
})
afterEach(async () => await rm(folder, { recursive: true }))

const live = path.join(family, 'vectors/live/daily_undertaking.jsonl')

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const io: Io = {
    stdin: (async function* () {})(),
    write: async (bytes) => void (out += typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
    say: (text) => void (err += text),
    isOutTerminal: false,
    isErrTerminal: false,
    env: {},
    nowMs: () => Date.UTC(2026, 2, 1),
    interrupted: interruption.signal,
  }
  return { code: await runCli(['schema', ...args], io), out, err }
}

const lockFile = (): string => path.join(folder, 'ledger.schema.lock.json')

describe('schema gen and schema check', () => {
  it('writes a lock once and changes no byte the second time', async () => {
    expect((await run('gen', folder)).code).toBe(0)
    const first = await readFile(lockFile(), 'utf8')
    expect((await run('gen', folder)).out).toMatch(/^unchanged /)
    expect(await readFile(lockFile(), 'utf8')).toBe(first)
  })

  it('finds a package compatible with itself, with data alone on stdout', async () => {
    await run('gen', folder)
    const { code, out } = await run(
      'check',
      folder,
      '--against',
      folder,
      '--documents',
      '200',
      '--seed',
      '3',
      '--format',
      'json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ kind: 'schema-compatibility', verdict: 'compatible', seed: 3 })
  })

  it('refuses a stale lock', async () => {
    await run('gen', folder)
    const published = path.join(folder, 'published.json')
    await cp(lockFile(), published)
    await writeFile(
      lockFile(),
      (await readFile(lockFile(), 'utf8')).replace('"golden": {}', '"golden": {"old.type": []}'),
    )
    expect((await run('check', folder, '--against', published)).code).toBe(1)
    expect((await run('gen', folder, '--check')).code).toBe(1)
  })

  it.each([
    { name: 'no lock on the old side', against: () => folder },
    { name: 'nothing there', against: () => path.join(folder, 'missing') },
    { name: 'a tarball that is none', against: () => path.join(folder, 'x.tgz') },
    { name: 'no git', against: () => 'git:main' },
  ])('decides nothing with $name', async ({ against }) => {
    const { code, out } = await run('check', folder, '--against', against())
    expect({ code, out }).toEqual({ code: 7, out: '' })
  })

  it('decides nothing with a lock that was changed by hand', async () => {
    await run('gen', folder)
    const forged = path.join(folder, 'forged.json')
    await writeFile(forged, (await readFile(lockFile(), 'utf8')).replace('"kind": "float"', '"kind": "number"'))
    expect(await run('check', folder, '--against', forged)).toMatchObject({ code: 7, out: '' })
  })

  it('decides nothing with a package that does not load', async () => {
    await writeFile(path.join(folder, 'index.ts'), 'throw new Error("broken")\n')
    expect(await run('check', folder, '--against', folder)).toMatchObject({ code: 7, out: '' })
  })

  it('replays stored lines, and records what they were', async () => {
    await run('gen', folder)
    const args = ['check', folder, '--against', folder, '--documents', '50', '--replay', live]
    const { code, out } = await run(...args)
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('0 of 800 lines fail') as string })
    const { ledgers } = JSON.parse((await run(...args, '--format', 'json')).out) as { ledgers: unknown[] }
    expect(ledgers).toMatchObject([
      { lines: 800, failed: 0, root: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string },
    ])
  })

  it('claims nothing when it is interrupted', async () => {
    await run('gen', folder)
    interruption.abort('SIGINT')
    const { code, out } = await run('check', folder, '--against', folder, '--documents', '50', '--replay', live)
    expect({ code, out }).toEqual({ code: 130, out: '' })
  })
})
