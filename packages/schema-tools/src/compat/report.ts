// What a comparison has to say, as one plain document (schema-packages §5).
import type { CounterExample } from '../search/counter-example.ts'
import type { ReplayEvidence } from '../replay/replay-run.ts'
import type { Bump, Effect, RuleName } from './change.ts'
import type { Step } from './semver.ts'

/** `compatible`: proven and tried. `incompatible`: a counter-example was executed. `unknown`: anything else. */
export type Verdict = 'compatible' | 'incompatible' | 'unknown'

export type FindingRule = RuleName | 'SEMVER_TOO_SMALL' | 'SUPPRESSION_EXPIRED'

export interface CompatibilityFinding {
  readonly rule: FindingRule
  /** Errors make the answer no, whatever the verdict on reading is. */
  readonly severity: 'error' | 'warning' | 'info'
  readonly pointer: string
  readonly message: string
  readonly fix: string
  readonly bump: Bump
  readonly backward: Effect
  readonly forward: Effect
  readonly old?: unknown
  readonly new?: unknown
  readonly counterExample?: CounterExample
  /** The reason of the suppression that covers it. */
  readonly suppressed?: string
}

/** The documents of one stored version, run through the new package. */
export interface TriedVersion {
  readonly type: string
  readonly version: number
  readonly passed: number
  readonly counterExample?: CounterExample
  /** Why nothing can be said about this version. */
  readonly open?: string
}

export interface CompatibilityReport {
  readonly kind: 'schema-compatibility'
  readonly v: 1
  readonly mode: CompatibilityMode
  readonly old: SideName
  readonly new: SideName
  readonly verdict: Verdict
  /** `ledgers`: the verdict holds for the replayed ledgers, as they were, and for nothing else. */
  readonly scope: 'all' | 'ledgers'
  /** The ledgers that were replayed. */
  readonly ledgers: readonly ReplayEvidence[]
  readonly seed: number
  readonly documents: number
  readonly requiredStep: Step
  readonly actualStep: Step
  readonly tried: readonly TriedVersion[]
  readonly findings: readonly CompatibilityFinding[]
}

export type CompatibilityMode = 'BACKWARD_TRANSITIVE' | 'FULL'

export interface SideName {
  readonly name: string
  readonly version: string
  readonly digest: string
}

/** 0 compatible and nothing wrong, 1 no, 3 unknown (schema-packages §5). */
export function exitCodeOfReport({ verdict, findings }: CompatibilityReport): 0 | 1 | 3 {
  if (
    verdict === 'incompatible' ||
    findings.some(({ severity, suppressed }) => severity === 'error' && suppressed === undefined)
  )
    return 1
  return verdict === 'compatible' ? 0 : 3
}
