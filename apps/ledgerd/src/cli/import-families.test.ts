// Import of the five originals, and the way back: what each wrote, taken over, read with every command, and refused when it
// is not what it says it is.
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { at, codesOf, importInto, put, reportOf, useImportFolder, vectors } from '../../test/import-folder.ts'
import { run } from '../../test/memory-io.ts'

const world = fileURLToPath(new URL('../../../../vectors/world-events/daily_undertaking.jsonl', import.meta.url))
const state = vectors('build-order', 'build_state.3_full.json')
useImportFolder()

/** Every file below a folder, with its bytes. */
function everything(place: string): Record<string, string> {
  const names = fs.readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = names.map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(files.map((file) => [path.relative(place, file), fs.readFileSync(file, 'latin1')]))
}

/** The baseline of workflow records, one file a type, as the original keeps them. */
function recordsByType(): string {
  const lines = fs.readFileSync(vectors('workflow-records', 'violations/same_key_other_tenant_is_fine.jsonl'), 'utf8')
  const byType = new Map<string, string[]>()
  for (const line of lines.trim().split('\n')) {
    const { ledger_type: type } = JSON.parse(line) as { ledger_type: string }
    byType.set(type, [...(byType.get(type) ?? []), line])
  }
  for (const [type, records] of byType) put(`records/${type}.jsonl`, `${records.join('\n')}\n`)
  return at('records')
}

interface Original {
  readonly family: string
  readonly source: () => string
  readonly lines: number
  readonly want: Readonly<Record<string, unknown>>
  /** The type and time of the first line. */
  readonly first: Readonly<Record<string, unknown>>
}

const originals: readonly Original[] = [
  {
    family: 'world-events',
    source: () => world,
    lines: 800,
    want: { variants: { python: 671, both: 129 }, profile: 'original', files: [] },
    first: { type: 'chat.translation' },
  },
  {
    family: 'kernel-runs',
    source: () => vectors('kernel-runs', 'real_cli_runs.jsonl'),
    lines: 54,
    want: { variants: { original: 54 }, profile: 'original', files: [], counts: { E: 0, W: 0, I: 0 } },
    first: { type: 'run' },
  },
  {
    family: 'audio-jobs',
    source: () => vectors('audio-jobs', 'seed_schema_signed.jsonl'),
    lines: 72,
    want: { variants: { signed: 72 }, files: [], counts: { E: 0, W: 24, I: 72 } },
    first: { type: 'window' },
  },
  {
    family: 'build-order',
    source: () => state,
    lines: 10,
    want: { counts: { E: 0, W: 0, I: 0 }, files: [{ file: state, bytes: 1894 }] },
    first: { type: 'seeds', time: '2026-03-01T10:00:00.000Z' },
  },
  {
    family: 'workflow-records',
    source: recordsByType,
    lines: 401,
    want: { variants: { sha256: 401 }, profile: 'rfc-v1' },
    first: { type: 'event' },
  },
]

describe.each(originals)('$family', ({ family, source, lines, want, first }) => {
  it('is taken over, a second time without a change, and read by every command without being told what it is', async () => {
    const original = source()
    const done = await importInto(family, original, '--as', 'taken/over')
    expect(done).toMatchObject({ exitCode: 0, err: '' })
    const report = reportOf(done)
    expect(report).toMatchObject({
      kind: 'import-report',
      family,
      ledger: 'taken/over',
      action: 'copied',
      lines,
      ...want,
    })
    const kept = at('data/.ledgerd/ledgers/taken/over.jsonl/import.json')
    expect(JSON.parse(fs.readFileSync(kept, 'utf8'))).toMatchObject({
      sha256: report['sha256'],
      findings: report['findings'],
      schema: { name: `@ledgerd/schema-${family}`, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    })

    const before = everything(at('data'))
    const again = await importInto(family, original, '--as', 'taken/over')
    expect(reportOf(again)).toEqual({ ...report, action: 'unchanged' })
    expect(everything(at('data'))).toEqual(before)

    const file = at('data/taken/over.jsonl')
    const bytes = fs.readFileSync(file)
    expect((await run(['cat', file, '--raw'])).bytes.equals(bytes)).toBe(true)
    const got = JSON.parse((await run(['get', file, '0', '--json'])).out) as { eventId: string }
    expect(got).toMatchObject({ seq: 0, ...first })
    expect(JSON.parse((await run(['get', file, got.eventId, '--json'])).out)).toEqual(got)
    const last = (await run(['tail', file, '-n', '1', '--plain'])).out.split('\t')
    expect(last.slice(1, 2)).toEqual([String(lines - 1)])
    expect(last[4]).not.toBe('')
    const verified = JSON.parse((await run(['verify', file, '--level', 'schema', '--json'])).out) as object
    expect(verified).toMatchObject({ schema: expect.stringContaining(`@ledgerd/schema-${family} `), lines })
  })

  it('is looked at by a dry run, which leaves nothing', async () => {
    const original = source()
    const { exitCode, out } = await run(['import', '--family', family, original, '--dry-run'])
    expect([exitCode, out.includes('dry run; nothing changed')]).toEqual([0, true])
    expect(fs.existsSync(at('data'))).toBe(false)
  })

  it('does not take the place of something else', async () => {
    put('data/taken/over.jsonl', '{"mine": true}\n')
    const { exitCode, err } = await importInto(family, source(), '--as', 'taken/over')
    expect([exitCode, err]).toEqual([1, expect.stringContaining('nothing was changed')])
    expect(fs.readFileSync(at('data/taken/over.jsonl'), 'utf8')).toBe('{"mine": true}\n')
  })
})

describe('kernel-runs', () => {
  it('that were written side by side keep their inversions as findings', async () => {
    const done = await importInto('kernel-runs', vectors('kernel-runs', 'real_concurrent_8procs.jsonl'))
    expect(done.exitCode).toBe(0)
    expect(reportOf(done)).toMatchObject({ lines: 120, counts: { E: 28, W: 0 }, variants: { original: 120 } })
  })

  it('show the rule that a line breaks', async () => {
    const source = vectors('kernel-runs', 'corrupt/dup_run_id.jsonl')
    const { out, exitCode } = await run(['import', '--family', 'kernel-runs', source, '--dry-run'])
    expect([exitCode, out]).toEqual([1, expect.stringContaining('duplicate-run-id LD3_UNIQUE_RUN_IDS')])
  })
})

describe('workflow-records', () => {
  it('from one file a type obey the rules that hold between them, and come apart again', async () => {
    const records = recordsByType()
    const done = await importInto('workflow-records', records, '--as', 'acme')
    expect([reportOf(done)['counts'], codesOf(done)]).toMatchObject([{ E: 0 }, []])
    const args = ['export', '--family', 'workflow-records', 'acme', '--data', at('data'), '--to', at('out')]
    expect((await run(args)).exitCode).toBe(0)
    expect(everything(at('out'))).toEqual(everything(records))
    expect((await run(args)).out).toContain('there already')
    put('out/job.jsonl', 'mine\n')
    expect((await run(args)).exitCode).toBe(1)
    expect(fs.readFileSync(at('out/job.jsonl'), 'utf8')).toBe('mine\n')
  })

  it('interleaved in one file are taken byte for byte, and what breaks a rule is a finding', async () => {
    const file = vectors('workflow-records', 'violations/dup_sequence_no.jsonl')
    const done = await importInto('workflow-records', file)
    expect(codesOf(done)).toEqual(['duplicate-sequence', 'sequence-gap'])
    expect(fs.readFileSync(at('data/dup_sequence_no.jsonl')).equals(fs.readFileSync(file))).toBe(true)
  })

  it('keep costs that are floats and payload hashes of other algorithms, and say so', async () => {
    const lines = fs.readFileSync(vectors('workflow-records', 'job.jsonl'), 'utf8').split('\n')
    const records = lines
      .slice(0, 3)
      .map((line) => line.replace('"payload_hash": "sha256:', '"payload_hash": "blake3:'))
    const source = put('job.jsonl', `${records.join('\n')}\n`)
    const done = await importInto('workflow-records', source)
    expect(reportOf(done)).toMatchObject({
      variants: { 'other-hash': 3 },
      counts: { E: 0, W: 3, I: 1 },
      findings: [
        { code: 'hash-algo-unknown', line: 1 },
        { code: 'hash-algo-unknown', line: 2 },
        { code: 'hash-algo-unknown', line: 3 },
        { code: 'cost-float', severity: 'I', line: 3, path: '/usage/cost_total' },
      ],
    })
    expect(fs.readFileSync(at('data/job.jsonl')).equals(fs.readFileSync(source))).toBe(true)
  })

  it('with headers named otherwise are mapped, and no other byte moves', async () => {
    const own = fs.readFileSync(vectors('workflow-records', 'entity.jsonl'), 'utf8')
    const theirs = own.replaceAll('"tenant_id":', '"tenant":').replaceAll('"created_at":', '"ts" :')
    const map = put('map.json', '{"tenant": "tenant_id", "ts": "created_at"}')
    const done = await importInto('workflow-records', put('entity.jsonl', theirs), '--map', map)
    expect(reportOf(done)).toMatchObject({ lines: 12, counts: { E: 0 } })
    expect(fs.readFileSync(at('data/entity.jsonl'), 'utf8')).toBe(own.replaceAll('"created_at":', '"created_at" :'))
  })

  const bad: readonly { name: string; args: () => readonly [string, ...string[]]; want: number }[] = [
    { name: 'an empty folder', args: () => [fs.mkdtempSync(at('empty-'))], want: 4 },
    { name: 'a map that is none', args: () => [recordsByType(), '--map', put('map.json', '[]')], want: 2 },
    { name: 'a map that is not there', args: () => [recordsByType(), '--map', at('none.json')], want: 4 },
  ]
  for (const { name, args, want } of bad)
    it(`exit code of ${name}`, async () =>
      expect((await importInto('workflow-records', ...args())).exitCode).toBe(want))
})

describe('flags', () => {
  const table: readonly { name: string; args: readonly string[]; want: number }[] = [
    { name: '--pretty for another family', args: ['--family', 'kernel-runs', world, '--pretty', '--dry-run'], want: 2 },
    { name: '--map for another family', args: ['--family', 'kernel-runs', world, '--map', 'x', '--dry-run'], want: 2 },
    {
      name: '--public-key for another family',
      args: ['--family', 'kernel-runs', world, '--public-key', world, '--dry-run'],
      want: 2,
    },
    { name: '--drafts for another family', args: ['--family', 'kernel-runs', world, '--drafts'], want: 2 },
    { name: 'a folder of worlds', args: ['--family', 'world-events', tmpdir(), '--dry-run'], want: 2 },
    {
      name: '--in-place of parts',
      args: ['--family', 'build-order', state, '--in-place', '--data', tmpdir()],
      want: 2,
    },
  ]
  for (const { name, args, want } of table)
    it(`exit code of ${name}`, async () => expect((await run(['import', ...args])).exitCode).toBe(want))

  it('export refuses a ledger of another family', async () => {
    await importInto('kernel-runs', vectors('kernel-runs', 'real_cli_runs.jsonl'), '--as', 'runs')
    const { exitCode, err } = await run(['export', '--family', 'build-order', 'runs', '--data', at('data')])
    expect([exitCode, err]).toEqual([1, expect.stringContaining('@ledgerd/schema-kernel-runs')])
  })
})
