// Compares what a build recorded of its orderings with what is there now (formats §4.4). Pure: whoever asks has read the
// artifacts and hashed their lines.
import type { Finding, Severity } from '@ledgerd/schema'
import { firstDifference } from './chunk-hashes.ts'
import type { ChunkHashes } from './chunk-hashes.ts'
import { chunkHashesOf } from './fold.ts'
import type { OrderingFold } from './fold.ts'
import { normalize } from './normalize.ts'
import { orderingFinding } from './ordering-finding.ts'
import type { OrderingFacts, OrderingFinding } from './ordering-finding.ts'
import { hashFault } from './ordering-hash.ts'
import { ownMember } from './ordering-ledger.ts'
import type { ArtifactEntry, OrderingLedger } from './ordering-ledger.ts'
import { formatStageKey } from './stage-key.ts'

/** What was hashed now: the digest of an ordering hasher does. */
export interface ActualOrdering {
  readonly hash: string
  readonly count: number
  readonly chunkHashes?: ChunkHashes | undefined
}

export interface ValidateOptions {
  /** The stage to look at. */
  readonly stage?: string | null
  /** The stage that the index state names, where none was given. */
  readonly indexStage?: string | null
  /** Null for builds without modes. */
  readonly mode: string | null
  /** By artifact; null for one that cannot be read. One without lines counts as null (formats §4.2). */
  readonly artifacts: Readonly<Record<string, ActualOrdering | null>>
  /** Chunk hashes of the build, from its fold, to say where an ordering parts. */
  readonly chunkHashes?: OrderingFold['chunkHashes']
  /** `strict` makes every warning an error. Default `default`. */
  readonly strictness?: 'default' | 'strict'
}

export interface OrderingValidation {
  /** False if a finding is an error. */
  readonly isValid: boolean
  /** What is wrong with the shape of the ledger itself comes first. */
  readonly findings: readonly (Finding | OrderingFinding)[]
  /** The key whose entry was compared; undefined if there was none. */
  readonly comparedStage: string | undefined
  /** Entries whose hash was compared. */
  readonly comparedCount: number
  /** Every entry of one stage is compared, and nothing of the others. */
  readonly coverage: 'stage'
  /** What a clean result does not say. */
  readonly unshown: readonly string[]
}

const defaultStage = 'stage2'

const unshown: readonly string[] = [
  'artifacts of other stages and modes',
  'lines that hash alike: line feeds within a line, halves of surrogate pairs',
  'an entry that was rewritten together with its artifact',
]

/**
 * Validates the artifacts of one stage against an `orderingLedger`, which may be any value. The stage is the one given,
 * else the index state's, else `stage2`; its entry for the mode is looked up first, then the one for all modes. No other
 * stage is ever compared instead. Findings besides those of `normalize`: `stage-missing`, `artifacts-missing`,
 * `artifact-unrecorded`, `hash-mismatch`, `missing-artifact`, `count-mismatch`, `hash-null`; W, and E when strict.
 */
export function validateOrdering(orderingLedger: unknown, options: ValidateOptions): OrderingValidation {
  const severity: Severity = options.strictness === 'strict' ? 'E' : 'W'
  const { ledger, findings: shape } = normalize(orderingLedger)
  const wanted = wantedKeys(options)
  const compared = ledger === undefined ? undefined : findStage(ledger, wanted)
  const facts = ledger === undefined ? [] : stageFacts(ledger, compared, wanted, options)
  const findings = [
    ...shape.map((finding) => (finding.severity === 'W' ? { ...finding, severity } : finding)),
    ...facts.map((fact) => orderingFinding(fact, severity)),
  ]
  return {
    isValid: findings.every((finding) => finding.severity !== 'E'),
    findings,
    comparedStage: compared?.stage,
    comparedCount: Object.values(compared?.artifacts ?? {}).filter(({ hash }) => isComparable(hash)).length,
    coverage: 'stage',
    unshown,
  }
}

/** The stage keys to look up, the one to name first. */
function wantedKeys({ stage, indexStage, mode }: ValidateOptions): readonly [string, ...string[]] {
  const wanted = stage ?? indexStage ?? defaultStage
  return mode === null ? [wanted] : [formatStageKey({ stage: wanted, mode }), wanted]
}

interface ComparedStage {
  readonly stage: string
  readonly artifacts: Readonly<Record<string, ArtifactEntry>>
}

/** Entries with seeds only do not hide one with artifacts. */
function findStage(ledger: OrderingLedger, wanted: readonly string[]): ComparedStage | undefined {
  for (const stage of wanted) {
    const artifacts = ownMember(ledger.stages, stage)?.artifacts
    if (artifacts !== undefined) return { stage, artifacts }
  }
  return undefined
}

function stageFacts(
  ledger: OrderingLedger,
  compared: ComparedStage | undefined,
  wanted: readonly [string, ...string[]],
  options: ValidateOptions,
): readonly OrderingFacts[] {
  const { mode, artifacts: actual } = options
  if (compared === undefined) {
    const present = wanted.find((key) => ownMember(ledger.stages, key) !== undefined)
    if (present === undefined)
      return [{ code: 'stage-missing', stage: wanted[0], mode, message: `The ledger has no stage ${wanted[0]}.` }]
    return [{ code: 'artifacts-missing', stage: present, mode, message: `The stage ${present} has no artifacts.` }]
  }
  const { stage, artifacts } = compared
  const unrecorded = Object.entries(actual).filter(
    ([artifact, ordering]) => readable(ordering) !== undefined && !Object.hasOwn(artifacts, artifact),
  )
  return [
    ...Object.entries(artifacts).flatMap(([artifact, entry]) => artifactFacts(stage, artifact, entry, options)),
    ...unrecorded.map(([artifact, ordering]) => ({
      ...{ code: 'artifact-unrecorded' as const, stage, mode, artifact },
      ...{ actualHash: ordering?.hash ?? null, actualCount: ordering?.count ?? null },
      message: `${artifact} is there, and the ledger has no entry for it.`,
    })),
  ]
}

function artifactFacts(
  stage: string,
  artifact: string,
  entry: ArtifactEntry,
  { mode, artifacts, chunkHashes = {} }: ValidateOptions,
): OrderingFacts[] {
  const actual = readable(ownMember(artifacts, artifact))
  const { hash: expectedHash, count: expectedCount, rule } = entry
  const named = {
    ...{ stage, mode: entry.mode ?? mode, artifact, rule },
    ...{ expectedHash, actualHash: actual?.hash ?? null, expectedCount, actualCount: actual?.count ?? null },
  }
  const facts: OrderingFacts[] = []
  if (expectedHash === null) {
    const message = `The ledger has no hash for ${artifact}: its ordering was not compared.`
    facts.push({ ...named, code: 'hash-null', member: 'hash', message })
  } else if (actual === undefined) {
    return [{ ...named, code: 'missing-artifact', message: `${artifact} is recorded, and cannot be read or is empty.` }]
  } else if (isComparable(expectedHash) && actual.hash !== expectedHash) {
    const recorded = chunkHashesOf({ chunkHashes }, stage, artifact)
    const before = { hash: expectedHash, count: expectedCount, chunkHashes: recorded }
    const difference = firstDifference(before, { ...actual, chunkHashes: actual.chunkHashes })
    const message = `${artifact} is not in the order that was recorded.`
    facts.push({ ...named, code: 'hash-mismatch', member: 'hash', firstDifference: difference, message })
  }
  if (actual !== undefined && expectedCount !== null && actual.count !== expectedCount) {
    const message = `${artifact} has ${actual.count} lines; ${expectedCount} were recorded.`
    facts.push({ ...named, code: 'count-mismatch', member: 'count', message })
  }
  return facts
}

function readable(ordering: ActualOrdering | null | undefined): ActualOrdering | undefined {
  return ordering === null || ordering === undefined || ordering.count === 0 ? undefined : ordering
}

/** Hashes of other algorithms are kept and not compared; those of the wrong form have a finding of their own. */
function isComparable(hash: string | null): hash is string {
  return hash !== null && hashFault(hash) === undefined
}
