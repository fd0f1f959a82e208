import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '../../test/memory-io.ts'

const recorded = readFileSync(
  fileURLToPath(new URL('../../../../vectors/world-events/daily_undertaking.jsonl', import.meta.url)),
)
const folder = mkdtempSync(path.join(tmpdir(), 'ledgerd-verify-'))
afterAll(() => rmSync(folder, { recursive: true }))

const lines = recorded.toString().split('\n').slice(0, 20)
function file(name: string, content: string | Uint8Array): string {
  const full = path.join(folder, name)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, content)
  return full
}
const good = file('good/daily_undertaking.jsonl', `${lines.join('\n')}\n`)
const bad = file(
  'bad/daily_undertaking.jsonl',
  `${lines.with(2, (lines[2] ?? '').replace('"channel": "', '"channel": "x')).join('\n')}\n`,
)
const torn = file('torn/daily_undertaking.jsonl', `${lines.join('\n')}\n${(lines[0] ?? '').slice(0, 90)}`)
const unterminated = file('open/daily_undertaking.jsonl', lines.join('\n'))
const empty = file('empty/daily_undertaking.jsonl', '')
const pipe = path.join(folder, 'pipe.jsonl')
execFileSync('mkfifo', [pipe])
const hostile = file('hostile/daily_undertaking.jsonl', '{"\\u001b]0;owned\\u0007\\u202e": 1}\n')

describe('--from', () => {
  it('names the lines that it looked at, by their places in the whole file', async () => {
    const { out } = await run(['verify', bad, '--from', '1', '--level', 'schema'])
    expect(out).toMatch(/^line 3 \(seq 2, byte \d+\) {2}error checksum-mismatch/m)
    expect(out).toContain('it needs every line from the first')
    expect(out).not.toContain('trustworthy: lines')
    expect(out).toMatch(new RegExp(`byte ${Buffer.byteLength(`${lines.slice(0, 2).join('\n')}\n`)}\\)`))
  })

  it('says in its report where it began', async () => {
    const { out } = await run(['verify', good, '--from', '-5', '--json'])
    const report = JSON.parse(out) as { levels: Record<string, { state: string; detail: string }> }
    expect(report).toMatchObject({ coverage: 'partial', fromLine: 16, lines: 5, root: null, trustworthyLines: null })
    expect(report.levels['lines']).toEqual({
      state: 'not-checked',
      detail: 'only lines 16 to 20 were looked at; no error there',
    })
    expect(report.levels['tail']?.state).toBe('ok')
  })
})

describe('exit codes', () => {
  const table: readonly { name: string; args: readonly string[]; want: number; stdin?: string }[] = [
    { name: 'a clean file', args: [good], want: 0 },
    { name: 'a clean file at schema level', args: [good, '--level', 'lines'], want: 0 },
    { name: 'an empty file', args: [empty], want: 0 },
    { name: 'a pipe that nobody writes into', args: [pipe], want: 2 },
    { name: 'a device', args: ['/dev/null'], want: 2 },
    { name: 'a changed line', args: [bad], want: 1 },
    { name: 'a changed line that was not asked about', args: [bad, '--level', 'tail'], want: 0 },
    { name: 'a torn tail', args: [torn], want: 1 },
    { name: 'a torn tail, tail alone', args: [torn, '--level', 'tail'], want: 1 },
    { name: 'a warning', args: [unterminated], want: 0 },
    { name: 'a warning in strict mode', args: [unterminated, '--strict'], want: 1 },
    { name: 'strict asks for every level', args: [good, '--strict'], want: 3 },
    { name: 'a tree with nothing to compare, asked for', args: [good, '--level', 'tree'], want: 3 },
    { name: 'a level this version does not have', args: [good, '--level', 'signed'], want: 3 },
    { name: 'no such file', args: [path.join(folder, 'none.jsonl')], want: 4 },
    { name: 'a folder with nothing to check', args: [path.dirname(file('bare/notes.txt', ''))], want: 4 },
    { name: 'no target', args: [], want: 2 },
    { name: 'no such level', args: [good, '--level', 'all'], want: 2 },
    { name: 'no such flag', args: [good, '--really'], want: 2 },
    { name: 'no id', args: ['a//b'], want: 2 },
    { name: 'a checkpoint, which is not available yet', args: [good, '--from-checkpoint', 'x'], want: 2 },
    { name: 'a policy, which is not available yet', args: [good, '--policy', 'x'], want: 2 },
    { name: 'a part, which is never a plain yes', args: [good, '--from', '5'], want: 3 },
    { name: 'a part with a changed line', args: [bad, '--from', '-18'], want: 1 },
    { name: 'a part behind the changed line', args: [bad, '--from', '3'], want: 3 },
    { name: 'a part with a torn tail', args: [torn, '--from', '10'], want: 1 },
    { name: 'a part behind the end', args: [good, '--from', '21'], want: 4 },
    { name: 'a part of stdin', args: ['-', '--from', '1'], want: 2 },
    { name: 'a part with artifacts', args: [good, '--from', '1', '--artifacts', folder], want: 2 },
    { name: 'two forms', args: [good, '--json', '--plain'], want: 2 },
    { name: 'a ledger without a daemon', args: ['worlds/a'], want: 6 },
    { name: 'stdin', args: ['-', '--as', 'daily_undertaking'], stdin: `${lines.join('\n')}\n`, want: 0 },
    { name: 'several, one of them bad, one missing', args: [good, bad, path.join(folder, 'none.jsonl')], want: 1 },
  ]
  for (const { name, args, want, stdin } of table) {
    it(name, async () => {
      const { exitCode, err } = await run(['verify', ...args], stdin === undefined ? {} : { stdin })
      expect({ exitCode, err }).toMatchObject({ exitCode: want })
      if (want === 2 || want === 4 || want === 6) expect(err).not.toBe('')
    })
  }

  it('a copy under another name is told how to be taken for what it was', async () => {
    const copy = file('copy.jsonl', `${lines.join('\n')}\n`)
    const { exitCode, err } = await run(['verify', copy])
    expect(exitCode).toBe(1)
    expect(err).toContain(`ledgerd verify ${copy} --as daily_undertaking\n`)
    expect((await run(['verify', copy, '--as', 'other'])).err).not.toContain('--as')
  })

  it('puts no world into a command that is no ledger id', async () => {
    const rest =
      '"meta": {}, "schema_version": "1.0", "timestamp": "2026-01-01T00:00:00.000Z", "world_id": "$(touch x)"}'
    const text = `{"data": {}, "event_id": "${'a'.repeat(32)}", "event_type": "a.b", "ipc_hash": null, ${rest}`
    const checksum = createHash('sha256').update(text).digest('hex')
    const hostile = file('hostile.jsonl', `{"_checksum": "sha256:${checksum}", ${text.slice(1)}\n`)
    expect((await run(['verify', hostile])).err).toContain('is of another world than its name')
    expect((await run(['verify', hostile])).err).toContain('--as LEDGER\n')
  })

  it('a closed pipe ends without a word', async () => {
    expect(await run(['verify', good], { writesMax: 0 })).toMatchObject({ exitCode: 141, out: '', err: '' })
  })

  it('an interrupt before the start is told from an answer', async () => {
    const { exitCode, out } = await run(['verify', good], { interrupted: AbortSignal.abort('SIGINT') })
    expect(exitCode).toBe(130)
    expect(out).toBe('')
  })
})

describe('text', () => {
  it('of a bare file', async () => {
    const { out } = await run(['verify', good])
    expect(out.replaceAll(folder, 'DIR')).toMatchInlineSnapshot(`
      "DIR/good/daily_undertaking.jsonl   20 lines   11.9 kB   root sha256:6506fbe43b3901471e472dfbe85acfa45ec3cbfda2a1fae1e063de1c1c636806
        tail       ok           the last line is whole and right
        lines      ok           written as: both 1, python 19
        tree       NOT CHECKED  no head record and no stored leaf hashes beside the file: nothing to compare with; keep the root to compare later
        schema     NOT CHECKED  not asked for
        signed     NOT CHECKED  this version keeps no signed checkpoints and has no keys to check any with
        anchored   NOT CHECKED  this version keeps no signed checkpoints and has no keys to check any with: a cut or rewrite that took the sidecar along cannot be seen
        artifacts  NOT CHECKED  @ledgerd/schema-world-events declares no artifacts
      "
    `)
  })

  it('of a changed line', async () => {
    const { out, err } = await run(['verify', bad])
    expect(out.replaceAll(folder, 'DIR')).toMatchInlineSnapshot(`
      "DIR/bad/daily_undertaking.jsonl   20 lines   11.9 kB   root sha256:e80000d70f1646a8c431ffcafdb75055715965b23d079568ee3ba1ee009e5b73
        tail       ok           the last line is whole and right
        lines      FAILED       1 error
        tree       NOT CHECKED  no head record and no stored leaf hashes beside the file: nothing to compare with; keep the root to compare later
        schema     NOT CHECKED  not asked for
        signed     NOT CHECKED  this version keeps no signed checkpoints and has no keys to check any with
        anchored   NOT CHECKED  this version keeps no signed checkpoints and has no keys to check any with: a cut or rewrite that took the sidecar along cannot be seen
        artifacts  NOT CHECKED  @ledgerd/schema-world-events declares no artifacts
      line 3 (seq 2, byte 1152)  error checksum-mismatch  The record is not what its checksum was taken over.
          expected sha256:7a7a90b06b8dc1053203c2403eb91fd2bfa13102381118952a2d42f77e6f8390
          found    sha256:131595203f27a6d1b28d82fb4c8add4a44487d73819896f9d6dd0ddd151c00ef
      last good checkpoint: none
      trustworthy: lines 1 to 2
      "
    `)
    expect(err.replaceAll(folder, 'DIR')).toMatchInlineSnapshot(`
      "ledgerd: DIR/bad/daily_undertaking.jsonl is not as it should be; see what each level proves: ledgerd verify DIR/bad/daily_undertaking.jsonl --explain
      "
    `)
  })

  it('never says ok or verified without a level', async () => {
    const { out } = await run(['verify', good, '--explain'])
    const oks = out.split('\n').filter((one) => /\bok\b/.test(one))
    expect(oks).toHaveLength(2)
    for (const line of oks) expect(line).toMatch(/^ {2}(tail|lines|tree|schema) +ok /)
    expect(out).not.toContain('verified')
    expect(out.match(/does not prove:/g)).toHaveLength(7)
  })

  it('of a hostile line does nothing to a terminal', async () => {
    const { out } = await run(['verify', hostile, '-v'], { isTerminal: true })
    expect(out).toContain('\\u001b]0;owned')
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  })
})

describe('--json', () => {
  it('is one document a target, the same each time', async () => {
    const first = await run(['verify', good, bad, '--json', '--level', 'schema'])
    const again = await run(['verify', good, bad, '--json', '--level', 'schema'])
    expect(first.out).toBe(again.out)
    const [one, two] = first.out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>)
    expect(one).toMatchObject({ kind: 'verify-report', v: 1, target: good, lines: 20, status: 'ok', findings: [] })
    expect(two).toMatchObject({ status: 'corrupt', lastEventId: null })
    expect(Object.keys(one ?? {})).toEqual(
      expect.arrayContaining(['target', 'lines', 'bytes', 'root', 'levels', 'variants', 'findings']),
    )
  })

  it('--plain has one row a level and a finding', async () => {
    const { out } = await run(['verify', bad, '--plain'])
    const rows = out
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'))
    expect(rows.filter((row) => row[1] === 'level')).toHaveLength(7)
    expect(rows.find((row) => row[1] === 'finding')?.slice(2, 5)).toEqual(['checksum-mismatch', 'E', '3'])
  })
})
