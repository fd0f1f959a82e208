// What the validation of an ordering has to say: a finding that names the stage, mode, artifact and rule it is about.
import { formatPointer } from '@ledgerd/canonical'
import type { Finding, Severity } from '@ledgerd/schema'
import type { LineRange } from './chunk-hashes.ts'

export type OrderingFindingCode =
  | 'ledger-missing'
  | 'stage-missing'
  | 'artifacts-missing'
  | 'artifact-unrecorded'
  | 'hash-mismatch'
  | 'missing-artifact'
  | 'count-mismatch'
  | 'hash-null'

export interface OrderingFinding extends Finding {
  readonly code: OrderingFindingCode
  /** The stage key: the one compared, or the one wanted where there is none. */
  readonly stage: string
  readonly mode: string | null
  /** Undefined where the finding is about the whole stage. */
  readonly artifact?: string
  readonly expectedHash?: string | null
  readonly actualHash?: string | null
  readonly expectedCount?: number | null
  readonly actualCount?: number | null
  /** Lines among which the first difference is; there only if both sides have chunk hashes. */
  readonly firstDifference?: LineRange
}

export interface OrderingFacts {
  readonly code: OrderingFindingCode
  readonly stage: string
  readonly mode: string | null
  readonly artifact?: string
  readonly rule?: string | null
  readonly expectedHash?: string | null
  readonly actualHash?: string | null
  readonly expectedCount?: number | null
  readonly actualCount?: number | null
  readonly firstDifference?: LineRange | undefined
  /** Of the artifact's entry; the stage is put before it. */
  readonly member?: 'hash' | 'count'
  readonly message: string
}

/** The finding of these facts, with a pointer into the ordering ledger. */
export function orderingFinding(facts: OrderingFacts, severity: Severity): OrderingFinding {
  const { rule, firstDifference, member, message, ...named } = facts
  const { code, stage, artifact } = facts
  const steps = [...(artifact === undefined ? [] : ['artifacts', artifact]), ...(member === undefined ? [] : [member])]
  return {
    ...named,
    severity,
    line: 0,
    offset: 0,
    path: code === 'ledger-missing' ? '' : formatPointer(['stages', stage, ...steps]),
    ...(typeof rule === 'string' ? { rule } : {}),
    ...(firstDifference === undefined ? {} : { firstDifference }),
    message,
  }
}
