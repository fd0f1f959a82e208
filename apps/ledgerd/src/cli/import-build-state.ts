// A `build_state.json` as a ledger: each seed write and each artifact becomes one line, sealed now, because the original
// kept no times. What the ledger folds to is the `orderingLedger` it came from.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { isBlank, LineSplitter } from '@ledgerd/canonical'
import type { Finding, LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { foldOrderingLedger, parseBuildState, unfold } from '@ledgerd/schema-build-order'
import type { EventLike, OrderingEvent, OrderingLedger } from '@ledgerd/schema-build-order'
import { deriveEventId } from '../schemas/event-key.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import { chunksOf, type ImportSource, type SourceContext, statOf, stemOf } from './import-source.ts'
import { sealDrafts } from './seal-drafts.ts'

export interface BuildStateSource extends ImportSource {
  /** The drafts that bring a ledger to this state, one JSON object each, for `append --batch`. */
  readonly drafts: (events: readonly OrderingEvent[]) => string[]
  readonly state: OrderingLedger
}

/** Throws CliError when the file holds no ordering ledger that this version can write. */
export async function buildStateSource(name: string, context: SourceContext): Promise<BuildStateSource> {
  const bytes = await readWhole(name)
  const sha256 = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  const { ledger: state, findings } = parseBuildState(bytes)
  if (state === undefined) throw unreadable(name, findings[0])
  const stem = stemOf(path.resolve(name))
  const ledger = context.ledger ?? stem
  // The identity is of this state and place, so that trying again appends nothing twice.
  const idOf = (at: number): string => deriveEventId(ledger, `${sha256} ${at}`)
  const unfolded = unfold(state)
  const refusal = refusalOf(name, state, findings)
  const timeMs = context.io.nowMs()
  const draftsOf = (events: readonly OrderingEvent[]): string[] =>
    events.map((event, at) => context.schema.encodeDraft({ ...event, id: idOf(at) }))
  const sealed = sealDrafts(context.schema, ledger, draftsOf(unfolded.events), timeMs)
  return {
    name,
    stem,
    files: [{ file: name, bytes: bytes.length, sha256 }],
    findings: [...findings, ...unfolded.findings],
    chunks: async function* () {
      yield sealed
    },
    totalBytes: sealed.length,
    state,
    drafts: draftsOf,
    ...(refusal === undefined ? {} : { refusal }),
    isHeldBy: async (file) => await isHeld(state, file, context.schema),
    onDifference: `append what is new: ledgerd import --family build-order ${name} --as ${ledger} --data DIR --drafts | ledgerd append ${ledger} --batch`,
  }
}

/** Of a newer version, or damaged, it would come back as something else. */
function refusalOf(name: string, state: OrderingLedger, findings: readonly Finding[]): string | undefined {
  if (state.schemaVersion > 1)
    return `${name} is of schemaVersion ${state.schemaVersion}: schema-version-newer, it can be read and not be recorded`
  const wrong = findings.find(({ severity }) => severity === 'E')
  return wrong && `${name} is damaged: ${wrong.code} at ${wrong.path ?? 'its root'}, ${wrong.message}`
}

/** The drafts that bring the ledger in `file` to the state; all of them when there is no file. */
export async function newDrafts(
  source: BuildStateSource,
  file: string | undefined,
  schema: LedgerSchema,
): Promise<string[]> {
  const fold = foldOrderingLedger(file === undefined ? [] : await eventsOf(file, schema))
  return source.drafts(unfold(source.state, fold).events)
}

async function isHeld(state: OrderingLedger, file: string, schema: LedgerSchema): Promise<boolean> {
  try {
    return unfold(state, foldOrderingLedger(await eventsOf(file, schema))).events.length === 0
  } catch (error) {
    // A file with other lines is another ledger.
    if (error instanceof LedgerError) return false
    throw error
  }
}

/** The events of a ledger file. Throws EVENT_INVALID for a line that is none. */
export async function eventsOf(file: string, schema: LedgerSchema): Promise<EventLike[]> {
  const events: EventLike[] = []
  const splitter = new LineSplitter()
  for await (const chunk of chunksOf(file, (await statOf(file)).size))
    for (const { bytes } of splitter.push(chunk)) if (!isBlank(bytes)) events.push(schema.decode(bytes))
  return events
}

async function readWhole(name: string): Promise<Uint8Array> {
  try {
    return await readFile(name)
  } catch (error) {
    throw asCliError(error, name)
  }
}

/** A file that cannot be read is never said to hold no ledger. */
function unreadable(name: string, finding: Finding | undefined): CliError {
  if (finding === undefined || finding.code === 'ledger-missing')
    return new CliError(
      exitCodes.no,
      `${name} holds no ordering ledger: ledger-missing`,
      'a build_state.json has a member "orderingLedger"; build the index once more',
    )
  return new CliError(
    exitCodes.no,
    `${name} is not read: ${finding.code}, ${finding.message}`,
    'build the index once more',
  )
}
