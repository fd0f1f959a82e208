// Two builds compared from the command line: states, bare ledgers and ledgers of a daemon, and what cannot be loaded.
import fs from 'node:fs'
import { createOrderingHasher } from '@ledgerd/schema-build-order'
import { describe, expect, it } from 'vitest'
import { at, importInto, put, useImportFolder, vectors } from '../../test/import-folder.ts'
import { run } from '../../test/memory-io.ts'

const state = vectors('build-order', 'build_state.3_full.json')
useImportFolder()

interface Build {
  readonly lines: readonly string[]
  readonly fileCount?: number
  readonly rule?: string
  readonly chunkLines?: number
}

/** A bare ledger of one stage with seeds and one artifact. */
function ledger(name: string, { lines, fileCount = 2, rule = 'repo_map:file', chunkLines }: Build): string {
  const hasher = createOrderingHasher(chunkLines === undefined ? {} : { chunkLines })
  for (const line of lines) hasher.update(line)
  const { hash, count } = hasher.digest()
  const chunkHashes = chunkLines === undefined ? {} : { chunkHashes: hasher.chunkHashes() }
  const events = [
    ['seeds', { stageKey: 'stage2:code', discoveryHash: 'd1', fileListHash: 'f1', fileCount, mode: 'code' }],
    ['artifact', { stageKey: 'stage2:code', artifact: 'repo_map', hash, rule, count, mode: 'code', ...chunkHashes }],
  ] as const
  const text = events.map(
    ([type, data], seq) =>
      `${JSON.stringify({ data, id: String(seq).repeat(32), link: data.stageKey, meta: {}, time: '2026-03-01T10:00:00.000Z', type })}\n`,
  )
  return put(`${name}.jsonl`, text.join(''))
}

type Artifacts = Record<string, Record<string, unknown>>

/** The recorded state with other artifacts in its first stage that has two. */
function stateWith(change: (artifacts: Artifacts, names: readonly string[]) => void): string {
  const whole = JSON.parse(fs.readFileSync(state, 'utf8')) as {
    readonly orderingLedger: { readonly stages: Readonly<Record<string, { readonly artifacts?: Artifacts }>> }
  }
  const stages = Object.values(whole.orderingLedger.stages)
  const artifacts = stages.map((stage) => stage.artifacts ?? {}).find((one) => Object.keys(one).length > 1) ?? {}
  change(artifacts, Object.keys(artifacts))
  return JSON.stringify(whole)
}

const abc = { lines: ['a', 'b', 'c', 'd'] }
const acb = { lines: ['a', 'c', 'b', 'd'] }

describe('drift', () => {
  it('is none between a state and the ledger it was imported into', async () => {
    await importInto('build-order', state, '--as', 'builds/main')
    expect(await run(['drift', 'builds/main', state, '--data', at('data'), '--strict'])).toMatchObject({
      exitCode: 0,
      err: '',
      out: `builds/main -> ${state}   same orderings, same seeds\n`,
    })
  })

  it('names stage, mode, artifact, rule, hash, count and seeds, and that the line is not known', async () => {
    const [before, after] = [ledger('a', abc), ledger('b', { ...acb, fileCount: 3 })]
    const { exitCode, out, err } = await run(['drift', before, after])
    expect([exitCode, err]).toEqual([1, ''])
    expect(out.replaceAll(at(), 'DIR')).toMatchInlineSnapshot(`
      "DIR/a.jsonl -> DIR/b.jsonl   drift
      first
        seed fileCount of stage2:code: 2 -> 3
        changed repo_map of stage2:code (mode code, rule repo_map:file)
          hash sha1:1b4355ee62c132356630e714935aa5491c66974f -> sha1:2af089c7374c7b50ca80597cd1a51ebbf5199bb7, lines 4
          first difference: unknown, no chunk hashes were recorded for both builds
          seeds changed: fileCount of stage2:code
      "
    `)
  })

  it('names the lines when both builds recorded chunk hashes', async () => {
    const [before, after] = [ledger('a', { ...abc, chunkLines: 1 }), ledger('b', { ...acb, chunkLines: 1 })]
    const { exitCode, out } = await run(['drift', before, after])
    expect([exitCode, out]).toEqual([1, expect.stringContaining('first difference: line 2\n    seeds changed: none\n')])
  })

  it('takes seeds and rules for differences only when strict', async () => {
    const [before, after] = [ledger('a', abc), ledger('b', { ...abc, rule: 'another', fileCount: 3 })]
    const usual = await run(['drift', before, after])
    expect(usual.exitCode).toBe(0)
    expect(usual.out.replaceAll(at(), 'DIR')).toMatchInlineSnapshot(`
      "DIR/a.jsonl -> DIR/b.jsonl   same orderings
      first
        seed fileCount of stage2:code: 2 -> 3
        relabelled repo_map of stage2:code (mode code, rule repo_map:file -> another)
          hash sha1:1b4355ee62c132356630e714935aa5491c66974f, lines 4
          seeds changed: fileCount of stage2:code
      no ordering differs; --strict counts seeds, rules and modes too
      "
    `)
    const strict = await run(['drift', before, after, '--strict'])
    expect([strict.exitCode, strict.out.split('\n')[0]]).toEqual([1, `${before} -> ${after}   drift`])
  })

  it('puts an ordering that differs before a rule that does', async () => {
    const changed = stateWith((artifacts, names) => {
      artifacts[names[0] ?? ''] = { ...artifacts[names[0] ?? ''], rule: 'another' }
      artifacts[names[1] ?? ''] = { ...artifacts[names[1] ?? ''], count: 424242 }
    })
    const { exitCode, out } = await run(['drift', state, put('later.json', changed), '--json'])
    const report = JSON.parse(out) as Record<string, unknown>
    expect(exitCode).toBe(1)
    expect(report).toMatchObject({ kind: 'drift-report', v: 1, before: state, isStrict: false, isSame: false })
    expect(report['first']).toMatchObject({ drift: 'changed', after: { count: 424242 }, firstDifference: 'unknown' })
    expect((report['artifacts'] as { drift: string }[]).map(({ drift }) => drift)).toEqual(['relabelled', 'changed'])
  })

  it('of an artifact that one build lacks has null for it', async () => {
    let artifact = ''
    const changed = stateWith((artifacts, names) => {
      artifact = names[0] ?? ''
      delete artifacts[artifact]
    })
    const { out } = await run(['drift', state, put('less.json', changed), '--json'])
    const { first } = JSON.parse(out) as { readonly first: Record<string, unknown> }
    expect(first).toMatchObject({ drift: 'removed', artifact, after: null, firstDifference: null })
  })
})

describe('what cannot be loaded is neither the same nor different', () => {
  const newer = '{"orderingLedger": {"schemaVersion": 7, "seeds": {}, "stages": {}}}'
  const table: readonly { name: string; file: string; content: string; args?: string[]; want: number; says: string }[] =
    [
      { name: 'no JSON', file: 'x.json', content: '{', want: 7, says: 'json-invalid' },
      { name: 'a state without orderings', file: 'x.json', content: '{}', want: 7, says: 'ledger-missing' },
      { name: 'a damaged state', file: 'x.json', content: '{"orderingLedger": []}', want: 7, says: 'shape-invalid' },
      {
        name: 'a newer state, when strict',
        file: 'x.json',
        content: newer,
        args: ['--strict'],
        want: 7,
        says: 'schema',
      },
      { name: 'a damaged line', file: 'x.jsonl', content: '{"id": 1}\n', want: 7, says: 'ledgerd verify' },
      {
        name: 'another family',
        file: 'x.jsonl',
        content: '{"run_id": "a", "intent_sha256": "", "result_kind": ""}\n',
        want: 7,
        says: 'kernel-runs',
      },
    ]
  for (const { name, file, content, args = [], want, says } of table)
    it(name, async () => {
      const { exitCode, out, err } = await run(['drift', state, put(file, content), ...args])
      expect({ exitCode, out, err }).toEqual({ exitCode: want, out: '', err: expect.stringContaining(says) })
    })

  it('says what is odd about a state and goes on, unless it is to be quiet', async () => {
    const odd = put('odd.json', newer)
    expect(await run(['drift', odd, odd])).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('schema-version'),
    })
    expect(await run(['drift', odd, odd, '-q'])).toMatchObject({ exitCode: 0, err: '' })
  })

  const codes: readonly { name: string; args: readonly string[]; want: number }[] = [
    { name: 'a file that is not there', args: [state, 'none.json'], want: 4 },
    { name: 'a ledger file that is not there', args: ['none.jsonl', state], want: 4 },
    { name: 'no daemon', args: [state, 'builds/main'], want: 6 },
    { name: 'a pattern', args: [state, 'builds/*'], want: 2 },
    { name: 'stdin', args: ['-', state], want: 2 },
    { name: 'one side only', args: [state], want: 2 },
  ]
  for (const { name, args, want } of codes)
    it(name, async () => expect((await run(['drift', ...args])).exitCode).toBe(want))
})
