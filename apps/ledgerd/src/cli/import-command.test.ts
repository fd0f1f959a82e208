import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../test/memory-io.ts'

const world = fileURLToPath(new URL('../../../../vectors/world-events/daily_undertaking.jsonl', import.meta.url))
const bytes = readFileSync(world)
let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ledgerd-import-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const family = ['--family', 'world-events']

describe('import', () => {
  it('copies byte for byte, reports what is in it, and is repeatable', async () => {
    const args = ['import', ...family, world, '--as', 'worlds/daily_undertaking', '--data', folder, '--json']
    const first = await run(args)
    const report = JSON.parse(first.out) as Record<string, unknown>
    expect(first).toMatchObject({ exitCode: 0, err: '' })
    expect(report).toMatchObject({
      kind: 'import-report',
      v: 1,
      family: 'world-events',
      ledger: 'worlds/daily_undertaking',
      action: 'copied',
      status: 'ok',
      bytes: bytes.length,
      sha256: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      profile: 'original',
    })
    const target = path.join(folder, 'worlds/daily_undertaking.jsonl')
    expect(readFileSync(target).equals(bytes)).toBe(true)
    expect(statSync(target)).toMatchObject({ nlink: 1 })
    expect(readdirSync(path.join(folder, '.ledgerd/import'))).toEqual([])
    const again = JSON.parse((await run(args)).out) as Record<string, unknown>
    expect(again).toEqual({ ...report, action: 'unchanged' })
  })

  it('never overwrites other content', async () => {
    const target = path.join(folder, 'daily_undertaking.jsonl')
    writeFileSync(target, 'mine\n')
    const { exitCode, err } = await run(['import', ...family, world, '--data', folder])
    expect(exitCode).toBe(1)
    expect(err).toContain('nothing was changed')
    expect(readFileSync(target, 'utf8')).toBe('mine\n')
  })

  it('takes a ledger that has grown since for the same import', async () => {
    await run(['import', ...family, world, '--data', folder])
    const target = path.join(folder, 'daily_undertaking.jsonl')
    const more = Buffer.concat([bytes, Buffer.from('{}\n')])
    writeFileSync(target, more)
    expect((await run(['import', ...family, world, '--data', folder])).out).toContain('nothing changed')
    expect(readFileSync(target).equals(more)).toBe(true)
  })

  it('dry run changes nothing and says no when there are errors', async () => {
    const bad = path.join(folder, 'daily_undertaking.jsonl')
    writeFileSync(bad, Buffer.concat([Buffer.from('[]\n'), bytes]))
    const { exitCode, out } = await run(['import', ...family, bad, '--dry-run'])
    expect(exitCode).toBe(1)
    expect(out).toContain('line 1 (seq 0, byte 0)  error not-an-object')
    expect((await run(['import', ...family, world, '--dry-run'])).exitCode).toBe(0)
    expect(readdirSync(folder)).toEqual(['daily_undertaking.jsonl'])
  })

  it('takes damage over as it is, and says so', async () => {
    const bad = path.join(folder, 'old.jsonl')
    writeFileSync(bad, Buffer.concat([bytes, Buffer.from('{"torn')]))
    const data = path.join(folder, 'data')
    const { exitCode, out } = await run(['import', ...family, bad, '--as', 'daily_undertaking', '--data', data])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/torn-tail[\s\S]*kept as history/)
    expect(readFileSync(path.join(data, 'daily_undertaking.jsonl')).equals(readFileSync(bad))).toBe(true)
  })

  it('a signal leaves nothing behind', async () => {
    const interrupted = AbortSignal.abort('SIGTERM')
    const { exitCode, err } = await run(['import', ...family, world, '--data', folder], { interrupted })
    expect(exitCode).toBe(143)
    expect(err).toContain('nothing was imported')
    expect(readdirSync(folder)).toEqual(['.ledgerd'])
    expect(readdirSync(path.join(folder, '.ledgerd/import'))).toEqual([])
  })

  it('a signal leaves no report of what was only half checked', async () => {
    const file = path.join(folder, 'daily_undertaking.jsonl')
    writeFileSync(file, bytes)
    const interrupted = AbortSignal.abort('SIGINT')
    const { exitCode } = await run(['import', ...family, file, '--in-place', '--data', folder], { interrupted })
    expect([exitCode, readdirSync(folder)]).toEqual([130, ['daily_undertaking.jsonl']])
  })

  it('refuses ids that no daemon would serve', async () => {
    mkdirSync(path.join(folder, 'data'))
    symlinkSync(folder, path.join(folder, 'data/linked'))
    writeFileSync(path.join(folder, 'data/Here.jsonl'), '')
    for (const [ledger, why] of [
      ['linked/world', 'leads through a link'],
      ['here', 'by case only'],
    ] as const) {
      const args = ['import', ...family, world, '--as', ledger, '--data', path.join(folder, 'data')]
      const { exitCode, err } = await run(args)
      expect([exitCode, err]).toEqual([2, expect.stringContaining(why)])
    }
    expect(readdirSync(folder)).toEqual(['data'])
  })

  it('in place checks the file where it lies', async () => {
    const file = path.join(folder, 'daily_undertaking.jsonl')
    writeFileSync(file, bytes)
    const { exitCode, out } = await run(['import', ...family, file, '--in-place', '--data', folder])
    expect(exitCode).toBe(0)
    expect(out).toContain('checked where it lies')
    expect(readFileSync(file).equals(bytes)).toBe(true)
    expect(readdirSync(folder)).toEqual(['.ledgerd', 'daily_undertaking.jsonl'])
    const report = readFileSync(path.join(folder, '.ledgerd/ledgers/daily_undertaking.jsonl/import.json'), 'utf8')
    expect(JSON.parse(report)).toMatchObject({ action: 'in-place', schema: { name: '@ledgerd/schema-world-events' } })
  })

  const table: readonly { name: string; args: readonly string[]; want: number }[] = [
    { name: 'no family', args: [world, '--data', '.'], want: 2 },
    { name: 'an unknown family', args: [world, '--family', 'poems'], want: 2 },
    { name: 'no data folder', args: [...family, world], want: 2 },
    { name: 'one id for two files', args: [...family, world, world, '--as', 'a', '--dry-run'], want: 2 },
    { name: 'an id that climbs', args: [...family, world, '--as', '../a', '--dry-run'], want: 2 },
    { name: 'a device name', args: [...family, world, '--as', 'con', '--dry-run'], want: 2 },
    { name: 'no file', args: [...family, '/nonexistent.jsonl', '--dry-run'], want: 4 },
    { name: 'in place elsewhere', args: [...family, world, '--in-place', '--data', import.meta.dirname], want: 2 },
  ]
  for (const { name, args, want } of table) {
    it(`exit code of ${name}`, async () => expect((await run(['import', ...args])).exitCode).toBe(want))
  }
})
