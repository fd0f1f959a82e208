// Whether a refinement is good enough: each metric against its threshold, by exact decimals (formats §5.2).
import type { ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import { parseDecimal } from './decimal.ts'
import { parsePhase } from './phase.ts'
import { compileThresholds, defaultThresholds, isWithin } from './thresholds.ts'
import type { Bound, DecimalValue, Thresholds } from './thresholds.ts'

/** Measured values by metric: numbers, or their text as recorded. */
export type Scores = Readonly<Record<string, DecimalValue>>

export interface MetricVerdict {
  readonly metric: string
  readonly verdict: 'pass' | 'fail' | 'absent'
  readonly isRequired: boolean
  /** As measured; undefined when absent. */
  readonly found: string | undefined
  /** The threshold in words: `>= 0.35`, `-14 ± 0.4`. */
  readonly bound: string
}

export interface Acceptance {
  /** Every required metric passes and no optional one fails. */
  readonly isAccepted: boolean
  /** In the order of the thresholds, required ones first. */
  readonly metrics: readonly MetricVerdict[]
}

/**
 * Judges `scores_after` of a record. A value that is no finite number fails. Throws CONFIG_INVALID for thresholds that
 * are none.
 */
export function judgeAcceptance(scores: Scores, thresholds: Thresholds = defaultThresholds): Acceptance {
  const metrics = boundsOf(thresholds).map((bound) => judgeMetric(bound, scores))
  const isAccepted = metrics.every(
    ({ verdict, isRequired }) => verdict === 'pass' || (verdict === 'absent' && !isRequired),
  )
  return { isAccepted, metrics }
}

/**
 * The scores of a record as they stand in its text, digit for digit, with `loops` from its phase. What is no number is
 * left out.
 */
export function scoresOf(record: ObjectNode): Scores {
  const scores: Record<string, string> = Object.create(null) as Record<string, string>
  const after = memberNode(record, 'scores_after')
  for (const { key, value } of after?.kind === 'object' ? after.members : [])
    if (value.kind === 'number' || value.kind === 'non-finite') scores[key] = value.lexeme
  const phase = memberNode(record, 'phase')
  const refinement = phase?.kind === 'string' ? parsePhase(phase.value)?.refinement : undefined
  if (refinement !== undefined) scores.loops = String(refinement)
  return scores
}

const boundsByThresholds: WeakMap<Thresholds, readonly Bound[]> = new WeakMap()

/** Compiled once per configuration: a report judges every record of a ledger with the same. */
function boundsOf(thresholds: Thresholds): readonly Bound[] {
  let bounds = boundsByThresholds.get(thresholds)
  if (bounds === undefined) boundsByThresholds.set(thresholds, (bounds = compileThresholds(thresholds)))
  return bounds
}

function judgeMetric(bound: Bound, scores: Scores): MetricVerdict {
  const { metric, isRequired, text } = bound
  const value = Object.hasOwn(scores, metric) ? scores[metric] : undefined
  if (value === undefined) return { metric, verdict: 'absent', isRequired, found: undefined, bound: text }
  const found = String(value)
  const decimal = parseDecimal(found)
  const verdict = decimal !== undefined && isWithin(bound, decimal) ? 'pass' : 'fail'
  return { metric, verdict, isRequired, found, bound: text }
}
