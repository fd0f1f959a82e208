// The way from a ledger's name to an open ledger: storage, adoption report, writer profile, and what damage means for each.
import type { LedgerSchema } from '@ledgerd/schema'
import { detectionBytes } from '../schemas/detect-family.ts'
import type { SchemaChoice, SchemaEvidence } from '../schemas/schema-book.ts'
import {
  originOf as originOnRecord,
  type Origin,
  type SchemaPeriod,
  schemaOnRecord,
  writeOrigin,
} from '../storage/origin.ts'
import { keepSchemaCopy } from '../storage/schema-copies.ts'
import { isShortOfResources, isSystemError, StopSignal, stopOf } from '../storage/stop-signal.ts'
import { type LedgerStore, openStore } from '../storage/open-store.ts'
import { lookAtRest, readAtRest } from '../storage/stat-at-rest.ts'
import { systemErrorText } from '../storage/system-error-text.ts'
import { HeldLedger } from './held-ledger.ts'
import { inspect } from './inspect.ts'
import { type HowToHold, type LedgerKeeper, OpenLedger } from './open-ledger.ts'
import { refusalToOpen } from './refusal-to-open.ts'
import { RestFigures } from './rest-figures.ts'
import type { EngineOptions } from './engine.ts'
import type { GroupBuffers } from './group-buffers.ts'

export interface OpeningHooks {
  readonly buffers: GroupBuffers
  readonly requestRound: (ledger: OpenLedger) => void
  readonly onStopped: (ledger: string, stop: StopSignal) => void
}

/**
 * Opens or creates a ledger. One that is as it was left is only looked at, until somebody appends or reads lines; any other
 * is recovered now, and a damaged one comes back stopped and readable.
 * Throws LEDGER_LOCKED, LEDGER_NOT_FOUND, LEDGER_ID_INVALID.
 */
export async function openLedger(
  ledger: string,
  isNew: boolean,
  options: EngineOptions,
  keeper: LedgerKeeper,
): Promise<OpenLedger> {
  try {
    const choice = chooseSchema(ledger, isNew, options)
    const atRest = isNew || options.heldFiles === undefined ? undefined : figuresAtRest(ledger, choice, options)
    const open = new OpenLedger(ledger, choice.schema, keeper, atRest)
    if (atRest === undefined) await open.hold({ isNew, choice })
    return open
  } catch (error) {
    throw refused(ledger, error, options)
  }
}

/** What whoever asked is told, once the operator was. */
function refused(ledger: string, error: unknown, { nowMs, onWarning }: EngineOptions): unknown {
  const refusal = refusalToOpen(ledger, error, nowMs)
  if (refusal !== error) onWarning(ledger, `it could not be opened: ${systemErrorText(error as Error)}`)
  return refusal
}

/** One for all ledgers of an engine: thousands may be at rest, and keep nothing of their own. */
export function keeperOf(options: EngineOptions, hooks: OpeningHooks): LedgerKeeper {
  const { heldFiles, onWarning } = options
  return {
    hold: (owner, how) =>
      holdLedger(owner, options, hooks, how).catch((error: unknown) => {
        throw refused(owner.ledger, error, options)
      }),
    readAtRest: async (ledger, { bytes, root }) => {
      try {
        if (root === undefined || !options.folder.has(ledger)) return undefined
        return await readAtRest(options.folder.ledgerFile(ledger), bytes, root.slice('sha256:'.length))
      } catch (error) {
        if (!isSystemError(error)) throw error
        // Opening it meets the same error, and says it as a refusal.
        return undefined
      }
    },
    heldFiles,
    onWarning,
  }
}

async function holdLedger(
  owner: OpenLedger,
  options: EngineOptions,
  hooks: OpeningHooks,
  how: HowToHold | undefined,
): Promise<HeldLedger> {
  const { ledger } = owner
  const { isNew, choice } = how ?? { isNew: false, choice: chooseSchema(ledger, false, options) }
  const { schema } = choice
  const store = await openStore(ledger, schema, options, isNew)
  const { limits, nowMs, later, onWarning } = options
  let isWaitedFor = true
  const held = new HeldLedger({
    ...{ ledger, schema, store, limits, nowMs, later, onWarning },
    recorded: choice.toRecord ?? schemaOnRecord(store.sidecar)?.periods.at(-1),
    reopen: () => openStore(ledger, schema, options, false),
    settle: (anew, reopened) => settle(anew, ledger, choice, reopened, options, () => true),
    buffers: hooks.buffers,
    requestRound: () => hooks.requestRound(owner),
    publish: (run) => owner.publish(run),
    onStopped: hooks.onStopped,
  })
  try {
    if (store.stop === undefined) {
      const settled = settle(held, ledger, choice, store, options, () => isWaitedFor)
      held.goOnOpening(settled)
      await patiently(settled, options)
      isWaitedFor = false
    } else held.stop(store.stop, await wrongLineOf(ledger, schema, store, held.closing))
    return held
  } catch (error) {
    await held.close()
    throw error
  }
}

/** How a ledger stands that needs neither recovery nor a decision; undefined for any other. */
function figuresAtRest(ledger: string, choice: SchemaChoice, options: EngineOptions): RestFigures | undefined {
  const { folder } = options
  const { schema, stop, toRecord } = choice
  if (stop !== undefined || toRecord !== undefined) return undefined
  const seen = lookAtRest(folder.ledgerFile(ledger), folder.sidecar(ledger))
  if (seen === undefined) return undefined
  const origin = settleProfile(seen.origin, schema, profileWanted(schema, options))
  if (origin instanceof StopSignal) return undefined
  const { count: size, bytes, root, epoch } = seen.head
  const recorded = origin.schemas?.at(-1)
  return new RestFigures({
    ...{ ledger, size, bytes, root: `sha256:${root}`, epoch, state: 'open', reason: undefined, schema: schema.name },
    ...(recorded === undefined ? {} : { schemaVersion: recorded.version, schemaDigest: recorded.digest }),
    profile: origin.profile,
  })
}

/** Finds out what may be written, and begins. A large file that comes for the first time is read meanwhile. */
async function settle(
  open: HeldLedger,
  ledger: string,
  choice: SchemaChoice,
  store: LedgerStore,
  options: EngineOptions,
  isWaitedFor: () => boolean,
): Promise<void> {
  try {
    if (choice.stop !== undefined) return open.stop(choice.stop)
    const origin = await originOf(ledger, choice, store, options, open.closing)
    if (open.closing.aborted) return
    if (origin instanceof StopSignal) open.stop(origin)
    else await open.begin(origin.profile)
    // The last group was checked; the rest is looked at while the ledger is served.
    if (!(origin instanceof StopSignal) && store.origin === 'known') open.lookInBackground()
  } catch (error) {
    // Nothing is wrong with the ledger: whoever asks next tries again.
    if (isShortOfResources(error) && isWaitedFor()) throw error
    open.stop(stopOf('opening-failed', error))
  }
}

/** Waits for the work, but not longer than readers should: then it goes on in the background. */
async function patiently(work: Promise<void>, { limits, later }: EngineOptions): Promise<void> {
  let cancel: (() => void) | undefined
  const patience = new Promise<void>((resolve) => {
    cancel = later(limits.openingPatienceMs, resolve)
  })
  await Promise.race([work, patience])
  cancel?.()
}

/** The schema by what is known of the ledger; the engine's one schema where nobody chooses. */
function chooseSchema(ledger: string, isNew: boolean, options: EngineOptions): SchemaChoice {
  const { folder, schemaFor } = options
  if (isNew || options.chooseSchema === undefined)
    return (
      options.chooseSchema?.(ledger, nothingKnown) ?? {
        schema: schemaFor(ledger),
        toRecord: undefined,
        stop: undefined,
      }
    )
  const beginning = (): Uint8Array => folder.beginningOf(ledger, detectionBytes)
  return options.chooseSchema(ledger, { recorded: schemaOnRecord(folder.sidecar(ledger)), beginning })
}

const nothingKnown: SchemaEvidence = { recorded: undefined, beginning: () => new Uint8Array(0) }

/** What the ledger was when it came: made here, or adopted with what its file then had. Written when its schema changes. */
async function originOf(
  ledger: string,
  choice: SchemaChoice,
  store: LedgerStore,
  options: EngineOptions,
  signal: AbortSignal,
): Promise<Origin | StopSignal> {
  const { schema } = choice
  const wanted = profileWanted(schema, options)
  const onRecord = originOnRecord(store.sidecar)
  const known = onRecord === undefined ? undefined : withPeriod(onRecord, choice, store, options)
  if (known !== undefined && known !== onRecord) writeOrigin(store.sidecar, known)
  if (known !== undefined && store.hasHead) return settleProfile(known, schema, wanted)
  if (store.origin === 'created') {
    const profile = wanted === 'auto' ? schema.profiles[0] : wanted
    const base: Origin = { v: 1, kind: 'created', ledger, schema: schema.name, profile, lines: 0, bytes: 0 }
    const origin = withPeriod(base, choice, store, options)
    writeOrigin(store.sidecar, origin)
    return origin
  }
  const seen = await inspect(ledger, schema, store, signal)
  if (signal.aborted) return new StopSignal('opening-failed', 'closed before its lines were looked at')
  if (known !== undefined) {
    // The head record is lost: what was not wrong on the day the ledger came is damage (reliability: without a head record).
    const [wrong] = seen.findings.filter(({ severity, line }) => severity === 'E' && line > known.lines)
    if (wrong !== undefined) return new StopSignal('damage-without-head', `line ${wrong.line}: ${wrong.message}`)
    return settleProfile(known, schema, wanted)
  }
  const verdict = schema.profileOf(new Map(Object.entries(seen.variants)))
  const profile = 'profile' in verdict ? verdict.profile : 'conflict'
  const base: Origin = { v: 1, kind: 'adopted', ledger, schema: schema.name, profile, ...seen }
  const origin = withPeriod(base, choice, store, options, 0)
  writeOrigin(store.sidecar, origin)
  return settleProfile(origin, schema, wanted)
}

/** The origin with the schema's period added, if it begins one; its frozen form is kept before anything names it. */
function withPeriod(
  origin: Origin,
  { toRecord }: SchemaChoice,
  store: LedgerStore,
  { folder, nowMs }: EngineOptions,
  fromSeq: number = store.count,
): Origin {
  if (toRecord === undefined) return origin
  const { name, version, digest, text } = toRecord
  keepSchemaCopy(folder.sidecarRoot, digest, text)
  const period: SchemaPeriod = { name, version, digest, fromSeq, since: new Date(nowMs()).toISOString() }
  return { ...origin, schemas: [...(origin.schemas ?? []), period] }
}

/** The profile that the configuration names, for schemas that have it. */
function profileWanted(schema: LedgerSchema, { writerProfile }: EngineOptions): string {
  return schema.profiles.includes(writerProfile) ? writerProfile : 'auto'
}

/** The profile to write in: the ledger's own, unless the configuration names one that its lines do not contradict. */
function settleProfile(origin: Origin, schema: LedgerSchema, wanted: string): Origin | StopSignal {
  if (wanted === 'auto' && origin.profile !== 'conflict') return origin
  const hasLines = origin.lines > 0
  if (wanted !== 'auto' && (origin.profile === wanted || !hasLines)) return { ...origin, profile: wanted }
  const says = origin.profile === 'conflict' ? 'both checksum variants' : `profile ${origin.profile}`
  const fix = `start with --writer-profile ${origin.profile === 'conflict' ? schema.profiles.join(' or ') : 'auto'}`
  if (wanted !== 'auto' && origin.profile === 'conflict') return { ...origin, profile: wanted }
  return new StopSignal('checksum-variant-conflict', `the adopted lines speak for ${says}; ${fix}`)
}

/** The first line that is not what was committed, as far as it can be found. */
async function wrongLineOf(
  ledger: string,
  schema: LedgerSchema,
  store: LedgerStore,
  signal: AbortSignal,
): Promise<number> {
  if (store.stop?.reason === 'acknowledged-missing') return store.index.count
  const { findings } = await inspect(ledger, schema, store, signal)
  const known = originOnRecord(store.sidecar)?.lines ?? 0
  const first = findings.find(({ severity, line }) => severity === 'E' && line > known)
  return first === undefined ? Math.min(known, store.index.count) : first.line - 1
}
