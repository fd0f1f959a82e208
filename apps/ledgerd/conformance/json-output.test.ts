// Every command that knows `--json`, run on real data: each document it prints is one JSON object a line and fits the JSON
// Schema that is published for its kind. No kind is left out, and a document that is not as it should be does not fit.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createOrderingHasher } from '@ledgerd/schema-build-order'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cliDocuments } from '../src/cli-documents/all-documents.ts'
import { makeFolder } from '../src/storage/durable.ts'
import { type CommandHarness, openCommandHarness } from '../test/command-harness.ts'
import { append, draft } from '../test/engine-harness.ts'
import { type MemoryIoOptions, type Outcome, run } from '../test/memory-io.ts'
import { PublishedSchemas } from '../test/published-schemas.ts'
import { lineOf, SchemaDesk } from '../test/schema-desk.ts'
import { copyFolder } from '../test/copy-folder.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const vector = (family: string, name: string): string =>
  path.join(repository, 'packages/schemas', family, 'vectors', name)
const world = path.join(repository, 'vectors/world-events/daily_undertaking.jsonl')
const signed = vector('audio-jobs', 'seed_schema_signed.jsonl')
const state = vector('build-order', 'build_state.3_full.json')
const published = new PublishedSchemas()

type Document = Readonly<Record<string, unknown>>
/** One of each kind and more, as they were printed; what is spoilt below is spoilt in these. */
const printed: Document[] = []

let daemon: CommandHarness
let desk: SchemaDesk
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-json-'))
const put = (name: string, content: string | Uint8Array): string => {
  const file = path.join(scratch, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, content)
  return file
}

beforeAll(async () => {
  daemon = await openCommandHarness()
  desk = new SchemaDesk()
  await append(daemon.engine, [draft(1), draft(2), draft(3)])
  await append(daemon.engine, [draft(4)], { ledger: 'worlds/stopped' })
  await append(daemon.engine, [draft(5)], { ledger: 'worlds/torn' })
})
afterAll(async () => {
  await daemon[Symbol.asyncDispose]()
  desk.remove()
  fs.rmSync(scratch, { recursive: true, force: true })
})

/** A ledger with its sidecar, and a line in it that was edited afterwards. */
function damaged(): string {
  copyFolder(daemon.root, path.join(scratch, 'damaged'), (name) => !name.endsWith('/sock'))
  const file = path.join(scratch, 'damaged/worlds/torn.jsonl')
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('Mira', 'Nora'))
  return file
}

/** A build ledger of one artifact, its lines named by letters, hashed in chunks of two. */
function ordering(letters: string): string {
  const hasher = createOrderingHasher({ chunkLines: 2 })
  for (const letter of letters) hasher.update(letter)
  const stageKey = 'stage2:code'
  const seeds = { stageKey, discoveryHash: letters, fileListHash: null, fileCount: 2, mode: 'code' }
  const named = { stageKey, artifact: 'repo_map', rule: 'file', mode: 'code' }
  const artifact = { ...named, ...hasher.digest(), chunkHashes: hasher.chunkHashes() }
  const lines = Object.entries({ seeds, artifact }).map(([type, data], seq) => lineOf(type, seq, JSON.stringify(data)))
  return put(`${letters}.jsonl`, lines.join(''))
}

/** Every line of a text as a document that fits its schema. */
function documentsIn(text: string): Document[] {
  expect(text.endsWith('\n'), text.slice(-200)).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((one) => {
      const document = JSON.parse(one) as Document
      expect(published.problemOf(document), one.slice(0, 2000)).toBeUndefined()
      printed.push(document)
      return document
    })
}

const kindsIn = ({ out }: Outcome): string[] => [...new Set(documentsIn(out).map(({ kind }) => String(kind)))]

interface Case {
  readonly name: string
  readonly args: () => readonly string[]
  readonly options?: MemoryIoOptions
  /** Asks the daemon instead of files. */
  readonly isRemote?: boolean
  readonly want: readonly string[]
}

const [first = ''] = fs.readFileSync(world, 'utf8').split('\n')
const grant = ['--name', 'hall', '--allow', 'read', '--ledgers', 'worlds/**']

const cases: readonly Case[] = [
  { name: 'cat of a file', args: () => ['cat', world, '--to', '5'], want: ['line'] },
  {
    name: 'cat of lines that are no JSON and no event',
    args: () => ['cat', put('odd/daily_undertaking.jsonl', `${first}\n[1.0]\nno JSON\n\n"\xff`)],
    want: ['line'],
  },
  { name: 'cat of stdin', args: () => ['cat', '-'], options: { stdin: `${first}\n` }, want: ['line'] },
  { name: 'cat from a daemon', args: () => ['cat', 'worlds/hall'], isRemote: true, want: ['line'] },
  { name: 'tail of several', args: () => ['tail', 'worlds/*'], isRemote: true, want: ['line'] },
  { name: 'get', args: () => ['get', world, '3'], want: ['line'] },
  { name: 'get with its context', args: () => ['get', world, '3', '--context'], want: ['line'] },
  { name: 'get from a daemon', args: () => ['get', 'worlds/hall', '1'], isRemote: true, want: ['line'] },
  {
    name: 'append',
    args: () => ['append', 'worlds/new', 'demo.note', '{"text": "hi"}', '--key', 'a'],
    isRemote: true,
    want: ['receipt'],
  },
  {
    name: 'append of a batch with bad drafts',
    args: () => ['append', 'worlds/new', '--batch'],
    options: {
      stdin: '{"type": "demo.note", "data": {"text": "hi"}, "key": "a"}\n{"type": "demo.note", "data": 3}\n{"x": 1}\n',
    },
    isRemote: true,
    want: ['receipt', 'refusal'],
  },
  { name: 'verify', args: () => ['verify', world, '--level', 'schema'], want: ['verify-report'] },
  { name: 'verify of a part', args: () => ['verify', world, '--from', '700'], want: ['verify-report'] },
  { name: 'verify of the tail', args: () => ['verify', world, '--level', 'tail'], want: ['verify-report'] },
  {
    name: 'verify of nothing',
    args: () => ['verify', put('empty.jsonl', ''), '--family', 'world-events'],
    want: ['verify-report'],
  },
  {
    name: 'verify of damage',
    args: () => ['verify', put('bad/daily_undertaking.jsonl', `${first.replace('"status"', '"Status"')}\n[]\n{"torn`)],
    want: ['verify-report'],
  },
  {
    name: 'verify of broken rules',
    args: () => ['verify', vector('kernel-runs', 'real_concurrent_8procs.jsonl'), '--level', 'schema'],
    want: ['verify-report'],
  },
  { name: 'verify of stdin', args: () => ['verify', '-'], options: { stdin: `${first}\n` }, want: ['verify-report'] },
  { name: 'verify of a ledger', args: () => ['verify', 'worlds/hall'], isRemote: true, want: ['verify-report'] },
  {
    name: 'verify beside the sidecar',
    args: () => ['verify', 'worlds/hall', '--data', daemon.root],
    want: ['verify-report'],
  },
  { name: 'stats of every ledger', args: () => ['stats'], isRemote: true, want: ['stats'] },
  { name: 'stats of files', args: () => ['stats', world, signed, put('none/runs.jsonl', '')], want: ['stats'] },
  {
    name: 'import, a dry run with findings',
    args: () => [
      'import',
      '--family',
      'kernel-runs',
      vector('kernel-runs', 'real_concurrent_8procs.jsonl'),
      '--dry-run',
    ],
    want: ['import-report'],
  },
  {
    name: 'import of parts',
    args: () => [
      'import',
      '--family',
      'audio-jobs',
      vector('audio-jobs', 'real_shards/ledger.index.json'),
      '--dry-run',
    ],
    want: ['import-report'],
  },
  {
    name: 'import into a data folder',
    args: () => [
      'import',
      '--family',
      'build-order',
      state,
      '--as',
      'builds/main',
      '--data',
      path.join(scratch, 'data'),
    ],
    want: ['import-report'],
  },
  {
    name: 'drift',
    args: () => ['drift', vector('build-order', 'build_state.1_seeds_only.json'), state, '--strict'],
    want: ['drift-report'],
  },
  {
    name: 'drift between two ledgers',
    args: () => ['drift', ordering('abcd'), ordering('acbd')],
    want: ['drift-report'],
  },
  {
    name: 'drift of what is gone',
    args: () => ['drift', state, vector('build-order', 'build_state.1_seeds_only.json')],
    want: ['drift-report'],
  },
  { name: 'drift of the same', args: () => ['drift', state, state], want: ['drift-report'] },
  { name: 'accept', args: () => ['accept', signed], want: ['acceptance', 'acceptance-summary'] },
  { name: 'doctor', args: () => ['doctor', daemon.root], want: ['doctor'] },
  { name: 'doctor of no folder', args: () => ['doctor', path.join(scratch, 'nowhere')], want: ['doctor'] },
  { name: 'repair of a whole file', args: () => ['repair', world], want: ['repair'] },
  { name: 'repair, a dry run', args: () => ['repair', put('torn.jsonl', `${first}\n{"torn`)], want: ['repair'] },
  { name: 'repair of damage', args: () => ['repair', damaged()], want: ['repair'] },
  { name: 'repair, done', args: () => ['repair', put('done.jsonl', `${first}\n{"torn`), '--apply'], want: ['repair'] },
  { name: 'version', args: () => ['version'], want: ['version'] },
]

describe('--json', () => {
  for (const { name, args, options, isRemote, want } of cases)
    it(`of ${name}`, async () => {
      const runs = isRemote === true ? daemon.run : run
      const outcome = await runs([...args(), '--json'], options)
      expect(kindsIn(outcome), outcome.err).toEqual(want)
    })

  it('of stats of a ledger that has stopped', async () => {
    fs.appendFileSync(path.join(daemon.root, 'worlds/stopped.jsonl'), '{"foreign": true}\n')
    await expect(append(daemon.engine, [draft(6)], { ledger: 'worlds/stopped' })).rejects.toThrow('foreign-bytes')
    const outcome = await daemon.run(['stats', 'worlds/stopped', '--json'])
    expect(documentsIn(outcome.out)).toMatchObject([{ kind: 'stats', stop: { reason: 'foreign-bytes' } }])
  })

  it('of import --follow: a report, findings as they come, a report', async () => {
    const source = put('follow.jsonl', `${first}\n`)
    const signal = new AbortController()
    const args = ['import', '--family', 'world-events', source, '--data', path.join(scratch, 'shadow'), '--follow']
    const onOut = (): void => {
      if (signal.signal.aborted) return
      fs.appendFileSync(source, '[]\n')
      signal.abort('SIGINT')
    }
    const { out } = await run([...args, '--json'], { interrupted: signal.signal, onOut })
    expect(documentsIn(out).map(({ kind }) => kind)).toEqual(['import-report', 'finding', 'import-report'])
  })

  it('of token list', async () => {
    const folder = path.join(scratch, 'tokens')
    makeFolder(path.join(folder, '.ledgerd'))
    const limits = ['--expires', '90d', '--drafts-per-second', '5']
    expect((await run(['token', 'create', ...grant, ...limits, '--data', folder])).exitCode).toBe(0)
    const admin = ['token', 'create', '--name', 'scraper', '--allow', 'admin', '--data', folder]
    expect((await run(admin)).exitCode).toBe(0)
    const { out } = await run(['token', 'list', '--data', folder, '--json'])
    expect(documentsIn(out)).toMatchObject([
      { name: 'hall', expired: false },
      { name: 'scraper', ledgers: [] },
    ])
  })

  it('of progress, on stderr', async () => {
    let nowMs = 0
    const { err } = await run(['verify', world, '--json'], { nowMs: () => (nowMs += 1000) })
    expect([...new Set(documentsIn(err).map(({ kind }) => kind))]).toEqual(['progress'])
  })
})

describe('--json of schema', () => {
  const doorV1 = "    'door.opened': event(z.looseObject({ door: int() }))"
  const doorV2 = "    'door.opened': event(z.looseObject({ door: int(), by: text() }))"
  const kindsOf = async (...args: string[]): Promise<string[]> => kindsIn(await run(['schema', ...args]))

  it('new, gen, docs, check and check --lint', async () => {
    const lines = desk.write('inn.jsonl', lineOf('door.opened', 1, '{"door": 1}') + lineOf('door.opened', 2, '{}'))
    const old = desk.package('old', '1.0.0', doorV1, { keywords: [] })
    const next = desk.package('new', '1.0.1', doorV2)
    expect(await kindsOf('new', '@team/walls', '--dir', desk.path('walls'), '--infer', lines, '--json')).toEqual([
      'schema-new',
    ])
    expect(await kindsOf('gen', old, '--json')).toEqual(['schema-gen'])
    expect(await kindsOf('gen', next, '--check', '--json')).toEqual(['schema-gen'])
    expect(await kindsOf('docs', old, '--ledger', lines, '--json')).toEqual(['schema-docs'])
    expect(await kindsOf('check', old, '--lint', '--format', 'json')).toEqual(['schema-lint'])
    const replay = ['--replay', lines, '--documents', '20', '--seed', '7', '--format', 'json']
    expect(await kindsOf('check', next, '--against', old, ...replay)).toEqual(['schema-compatibility'])
  })
})

it('meets every verdict of repair but that of an interrupted one', () =>
  expect(new Set(printed.filter(({ kind }) => kind === 'repair').map(({ verdict }) => verdict))).toEqual(
    new Set(['nothing', 'repairable', 'damaged']),
  ))

describe('the published schemas', () => {
  it('have all been met', () =>
    expect([...published.seen].toSorted()).toEqual(cliDocuments.map(({ kind }) => kind).toSorted()))

  it('have no member that nothing prints, but for what takes more than one command', () =>
    expect(published.unmet.filter((member) => !member.startsWith('verify-report/history/'))).toEqual([
      // Those of a file that was adopted with errors, above, are findings like others.
      'finding/expected',
      'finding/found',
      'finding/path',
      'finding/rule',
      'finding/variant',
      'import-report/findings/*/variant',
      'refusal/error/retryAfterMs',
      'schema-compatibility/findings/*/suppressed',
      'schema-compatibility/tried/*/open',
      'verify-report/findings/*/variant',
    ]))

  it('refuse a document with a member too many, without one, or with one of another kind', () => {
    const taken: string[] = []
    for (const document of printed) {
      const spoilt = [
        { ...document, unheard: 1 },
        { ...document, v: 2 },
        ...requiredOf(document).flatMap((name) => {
          const { [name]: _, ...rest } = document
          // `record` is whatever the line holds.
          return name === 'record' ? [rest] : [rest, { ...document, [name]: { unheard: [[]] } }]
        }),
      ]
      for (const one of spoilt) if (published.problemOf(one) === undefined) taken.push(JSON.stringify(one))
    }
    expect(taken).toEqual([])
    expect(printed.length).toBeGreaterThan(cliDocuments.length)
  })

  it('refuse a document of a kind that nobody publishes', () => {
    expect(published.problemOf({ kind: 'rumour', v: 1 })).toContain('no schema for kind rumour')
    expect(published.problemOf([])).toContain('no schema')
  })
})

/** The members that every document of the kind has, by the published file. */
function requiredOf({ kind }: Document): readonly string[] {
  const file = fileURLToPath(new URL(`../json-schemas/${String(kind)}.v1.json`, import.meta.url))
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly required: readonly string[] }).required
}
