// What stats counts, and the hash of a kernel's ledger as its specification defines it.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../test/memory-io.ts'

const vector = (name: string): string => fileURLToPath(new URL(`../../../../${name}`, import.meta.url))
const runs = vector('packages/schemas/kernel-runs/vectors/real_cli_runs.jsonl')
const world = vector('vectors/world-events/daily_undertaking.jsonl')
const sha256 = (bytes: string | Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'ledgerd-stats-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

const put = (content: string | Uint8Array): string => {
  const file = path.join(folder, 'runs.jsonl')
  fs.writeFileSync(file, content)
  return file
}
const statsOf = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await run(['stats', ...args, '--json'])).out) as Record<string, unknown>

describe('stats', () => {
  it('counts lines, types and times', async () => {
    const bytes = fs.readFileSync(world)
    expect(await statsOf(world)).toMatchObject({
      kind: 'stats',
      v: 1,
      lines: 800,
      blankLines: 0,
      bytes: bytes.length,
      tailBytes: 0,
      sha256: sha256(bytes),
      types: { 'chat.mechanical_resolution': 378, 'chat.translation': 422 },
      untyped: 0,
      earliest: '2026-11-20T17:42:01.961Z',
      ledgerHash: null,
    })
    expect((await run(['stats', world])).out).not.toContain('ledger hash')
  })

  it('has the ledger hash of the specification: canonical entries joined by LF, none at the end', async () => {
    const text = fs.readFileSync(runs, 'utf8')
    const want = sha256(text.slice(0, -1))
    expect(await statsOf(runs)).toMatchObject({ lines: 54, types: { run: 54 }, ledgerHash: want })
    expect((await run(['stats', runs])).out).toContain(`ledger hash  ${want}\n`)
    // Blank lines and other spellings are no other ledger.
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.stringify(JSON.parse(line), undefined, 1).replaceAll('\n', ' '))
    const spelled = await statsOf(put(`\n${entries.join('\n\n')}\n`))
    expect(spelled).toMatchObject({ lines: 108, blankLines: 54, ledgerHash: want })
  })

  it('of a file with a line that is no entry has no ledger hash, and says what it did not count', async () => {
    const text = fs.readFileSync(runs, 'utf8')
    const stats = await statsOf(put(`${text}[]\n{"torn`), '--family', 'kernel-runs')
    expect(stats).toMatchObject({ lines: 55, untyped: 1, tailBytes: 6, ledgerHash: null })
    expect((await run(['stats', put(`${text}[]\n{"torn`)])).out).toMatch(
      /none: a line is no entry\n {2}tail {9}6 B behind/,
    )
  })

  it('of an empty kernel ledger is the hash of nothing', async () =>
    expect(await statsOf(put(''), '--family', 'kernel-runs')).toMatchObject({ lines: 0, ledgerHash: sha256('') }))

  const table: readonly { name: string; args: readonly string[]; want: number }[] = [
    { name: 'no file', args: ['/nonexistent.jsonl'], want: 4 },
    { name: 'a ledger without its daemon', args: ['worlds/a'], want: 6 },
    { name: 'every ledger without a daemon', args: [], want: 6 },
    { name: 'stdin', args: ['-'], want: 2 },
    { name: 'no folder', args: ['worlds/*', '--data', '/nonexistent'], want: 4 },
    { name: 'a ledger id with its folder', args: ['worlds/a', '--data', '/nonexistent'], want: 4 },
    { name: 'the worst of several', args: [runs, '/nonexistent.jsonl'], want: 4 },
  ]
  for (const { name, args, want } of table)
    it(`exit code of ${name}`, async () => expect((await run(['stats', ...args])).exitCode).toBe(want))

  it('stops at a signal', async () =>
    expect((await run(['stats', runs], { interrupted: AbortSignal.abort('SIGINT') })).exitCode).toBe(130))
})
