// The comparison of two schemas: rules for what differs, a proof for what must hold, and thousands of old documents run
// through the new package. Three verdicts, never a guess (schema-packages §5).
import { invariant } from '@ledgerd/schema'
import type { FrozenVersion } from '../frozen/freeze-schema.ts'
import { nodeIssues } from '../frozen/node-issues.ts'
import { searchCounterExample } from '../search/counter-example.ts'
import type { CounterExample, SearchPlan } from '../search/counter-example.ts'
import type { FastCheck } from '../search/document-arbitrary.ts'
import { openReader } from '../search/reading.ts'
import type { SchemaSide } from '../search/reading.ts'
import type { Change, RuleName } from './change.ts'
import { diffNodes, diffSchemas, typePointer } from './diff.ts'
import { changedSteps } from './golden-change.ts'
import type {
  CompatibilityFinding,
  CompatibilityMode,
  CompatibilityReport,
  SideName,
  TriedVersion,
  Verdict,
} from './report.ts'
import { ruleFacts } from './rules/rule-table.ts'
import { isFarEnough, requiredStep, stepBetween } from './semver.ts'
import type { Suppression } from './suppression.ts'
import { applySuppressions } from './suppression.ts'
import type { GoldenSteps } from '../lock/golden.ts'

export interface CompatibilityOptions {
  /** Of the random documents; the same seed gives the same documents. */
  readonly seed: number
  /** How many old documents must be read; default 10,000. */
  readonly documents?: number
  readonly mode?: CompatibilityMode
  readonly suppressions?: readonly Suppression[]
  /** As `2026-03-01`, for the expiry of suppressions. */
  readonly today?: string
  /** What the old side's steps made of their samples when they were published. */
  readonly golden?: GoldenSteps
  /** The version that the new package will have when it is released; its own unless given. */
  readonly releaseVersion?: string
  /** Awaited before each stored version is tried, which takes seconds; a throw ends the comparison. */
  readonly onVersion?: (type: string, version: number) => Promise<void> | void
}

/** Compares two schemas of one name. Never throws on their content. */
export async function checkCompatibility(
  old: SchemaSide,
  next: SchemaSide,
  options: CompatibilityOptions,
): Promise<CompatibilityReport> {
  const fast: FastCheck = await import('fast-check')
  const { seed, documents = 10_000, mode = 'BACKWARD_TRANSITIVE' } = options
  const wide = [...diffSchemas(old.frozen, next.frozen), ...changedSteps(options.golden ?? {}, next)]
  const trials: Trial[] = []
  for (const [type, versions] of Object.entries(old.frozen.events))
    for (const stored of versions) {
      await options.onVersion?.(type, stored.version)
      trials.push(tryVersion(fast, old, next, { type, stored, versions, seed, documents }))
    }
  const changes = [...wide, ...trials.flatMap((trial) => trial.changes)]
  const required = requiredStep(changes.map(({ bump }) => bump))
  const releaseVersion = options.releaseVersion ?? next.frozen.version
  const actual = stepBetween(old.frozen.version, releaseVersion)
  const plain = [
    ...changes.map((change) => findingOf(change, trials, mode)),
    ...semverFinding(old.frozen.version, releaseVersion, required),
  ]
  const findings = applySuppressions(plain, options.suppressions ?? [], options.today)
  return {
    kind: 'schema-compatibility',
    v: 1,
    mode,
    old: nameOf(old),
    new: nameOf(next),
    verdict: verdictOf(trials, wide, findings),
    scope: 'all',
    ledgers: [],
    seed,
    documents,
    requiredStep: required,
    actualStep: actual,
    tried: trials.map(({ tried }) => tried),
    findings,
  }
}

interface Trial {
  readonly changes: readonly Change[]
  readonly tried: TriedVersion
}

interface TrialPlan {
  readonly type: string
  readonly stored: FrozenVersion
  readonly versions: readonly FrozenVersion[]
  readonly seed: number
  readonly documents: number
}

/** One stored version of one type: what differs on its way to the newest, and whether its documents get there. */
function tryVersion(fast: FastCheck, old: SchemaSide, next: SchemaSide, plan: TrialPlan): Trial {
  const { type, stored, versions, seed, documents } = plan
  const { version, node } = stored
  const there = next.frozen.events[type] ?? []
  const reader = openReader(next, type, version)
  const oldReader = openReader(old, type, version)
  const newest = there.at(-1)
  const exercised = new Set<string>()
  const search: Omit<SearchPlan, 'extras'> = {
    old: node,
    isAccepted: (payload) => oldReader.read(payload)?.at !== 'model',
    targets: there.map((one) => one.node),
    read: (payload) => {
      if (newest !== undefined) for (const { path } of nodeIssues(newest.node, payload).issues) exercised.add(path)
      return reader.read(payload)
    },
    documents,
    seed,
  }
  const neutral = searchCounterExample(fast, { ...search, extras: 'neutral' })
  const counterExample = neutral.found
  const changes: Change[] = []
  const inPlace = there.find((one) => one.version === version)?.node
  if (inPlace !== undefined) changes.push(...diffNodes(node, inPlace, typePointer(type)))
  // Each way from a published version to the newest is judged; what changed on it is told once, for the newest pair.
  const isNewestPair = version === versions.length && newest !== undefined && newest.version > version
  const evolution =
    newest === undefined || newest.version <= version ? [] : diffNodes(node, newest.node, typePointer(type))
  if (isNewestPair) changes.push(...evolution)
  if (counterExample?.refusal.at === 'step') changes.push(stepChange(type, counterExample))
  const tried = { type, version, passed: neutral.passed, ...(counterExample === undefined ? {} : { counterExample }) }
  if (counterExample !== undefined) return { changes, tried }
  const opened =
    neutral.gaveUp ?? (reader.isWhole ? undefined : 'the steps of the new package cannot be run from its frozen form')
  const doubts = [
    ...(inPlace === undefined ? [] : diffNodes(node, inPlace, typePointer(type))).map((c) => doubtOf(c, undefined)),
    ...evolution.map((c) => doubtOf(c, exercised)),
  ]
  const doubt = opened ?? doubts.find((one) => one !== undefined)
  if (doubt !== undefined) return { changes, tried: { ...tried, open: doubt } }
  const claimed = searchCounterExample(fast, { ...search, extras: 'claimed' })
  const open =
    claimed.found === undefined
      ? claimed.gaveUp
      : `an open old document may already hold a name the new version claims: ${JSON.stringify(claimed.found.document)}`
  return { changes, tried: { ...tried, ...(open === undefined ? {} : { open }) } }
}

/**
 * Why a change leaves the reading unproven, although no document failed. A step settles a break only if documents were
 * tried that the newest version would have refused at that place: luck is no proof.
 */
function doubtOf(change: Change, exercised: ReadonlySet<string> | undefined): string | undefined {
  const { rule, backward, pointer, message } = change
  if (backward === 'ok' || backward === 'warn' || backward === 'dangerous') return undefined
  const place = new RegExp(`^${placePattern(pointer)}(?:/|$)`)
  const isSettled = exercised !== undefined && ruleFacts[rule].isSettledByUpcast
  if (isSettled && (backward === 'unknown' || [...exercised].some((path) => place.test(path)))) return undefined
  return `${rule} ${pointer}: ${message}`
}

/** The part of a pointer below its type, as an expression over paths into the payload. */
function placePattern(pointer: string): string {
  const [, , , ...steps] = pointer.split('/')
  return steps.map((step) => (step === '*' ? '/[^/]*' : `/${step.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`)).join('')
}

function stepChange(type: string, { refusal }: CounterExample): Change {
  const isMissing = refusal.message.startsWith('there is no upcaster')
  const rule: RuleName = isMissing ? 'UPCASTER_MISSING' : 'UPCASTER_PARTIAL'
  return {
    rule,
    pointer: `${typePointer(type)}@${refusal.version}`,
    old: `version ${refusal.version}`,
    new: `version ${refusal.version + 1}`,
    backward: 'break',
    forward: 'ok',
    bump: ruleFacts[rule].bump,
    message: `the step from ${refusal.version} to ${refusal.version + 1} fails: ${refusal.message}`,
  }
}

const alwaysErrors: ReadonlySet<string> = new Set(['LINE_CHANGED', 'FROZEN_VERSION_CHANGED', 'UPCASTER_CHANGED'])

function findingOf(change: Change, trials: readonly Trial[], mode: CompatibilityMode): CompatibilityFinding {
  const { rule, backward, forward } = change
  const counterExample = backward === 'break' ? counterExampleAt(change, trials) : undefined
  const isForwardError = mode === 'FULL' && forward === 'break'
  const isError = alwaysErrors.has(rule) || counterExample !== undefined || isForwardError
  const isQuiet = backward === 'ok' && forward === 'ok'
  const isSettled = backward === 'break' && ruleFacts[rule].isSettledByUpcast && isReadThrough(change, trials)
  return {
    ...change,
    severity: isError ? 'error' : isQuiet ? 'info' : 'warning',
    fix: isSettled ? 'nothing to fix: the step settles it for readers of the new package' : ruleFacts[rule].fix,
    ...(counterExample === undefined ? {} : { counterExample }),
  }
}

/** True if every stored version of the type of the change was read, and none was left open. */
function isReadThrough({ pointer }: Change, trials: readonly Trial[]): boolean {
  return trials
    .filter(({ tried }) => pointer.startsWith(`${typePointer(tried.type)}/`))
    .every(({ tried }) => tried.counterExample === undefined && tried.open === undefined)
}

/** The counter-example whose refusal points at or below the place of the change; else any of its type. */
function counterExampleAt({ pointer }: Change, trials: readonly Trial[]): CounterExample | undefined {
  const ofType = trials.filter(({ tried }) => {
    const base = typePointer(tried.type)
    return pointer === base || pointer.startsWith(`${base}/`) || pointer.startsWith(`${base}@`)
  })
  const found = ofType.flatMap(({ tried }) =>
    tried.counterExample === undefined ? [] : [{ tried, found: tried.counterExample }],
  )
  const place = new RegExp(`^${placePattern(pointer)}`)
  const exact = found.find(({ found: one }) => place.test(one.refusal.path))
  return exact?.found ?? found[0]?.found
}

function semverFinding(
  before: string,
  after: string,
  required: ReturnType<typeof requiredStep>,
): CompatibilityFinding[] {
  if (isFarEnough(stepBetween(before, after), required)) return []
  return [
    {
      rule: 'SEMVER_TOO_SMALL',
      severity: 'error',
      pointer: '/version',
      message: `from ${before} to ${after} is too small for these changes`,
      fix: `make it a ${required} step`,
      bump: required,
      backward: 'ok',
      forward: 'ok',
      old: before,
      new: after,
    },
  ]
}

function verdictOf(
  trials: readonly Trial[],
  wide: readonly Change[],
  findings: readonly CompatibilityFinding[],
): Verdict {
  invariant(trials.length > 0, 'An empty schema was compared.')
  if (trials.some(({ tried }) => tried.counterExample !== undefined)) return 'incompatible'
  if (trials.some(({ tried }) => tried.open !== undefined)) return 'unknown'
  if (wide.some(({ backward }) => backward === 'break' || backward === 'unknown')) return 'unknown'
  return findings.some(({ backward, suppressed }) => backward === 'dangerous' && suppressed === undefined)
    ? 'unknown'
    : 'compatible'
}

function nameOf({ frozen: { name, version, digest } }: SchemaSide): SideName {
  return { name, version, digest }
}
