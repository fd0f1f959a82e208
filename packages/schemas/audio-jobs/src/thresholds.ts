// What a refinement must reach to be accepted, as configuration: a companion document of the seed names the defaults,
// and a project may set others (formats §5.2). Thresholds judge music; they never make a record invalid.
import { LedgerError } from '@ledgerd/schema'
import { addDecimals, compareDecimals, negate, parseDecimal } from './decimal.ts'
import type { Decimal } from './decimal.ts'

/** A number, or decimal text where every digit counts. */
export type DecimalValue = number | string

/** Bounds are inclusive. */
export type Threshold =
  | { readonly atLeast: DecimalValue }
  | { readonly atMost: DecimalValue }
  | { readonly target: DecimalValue; readonly tolerance: DecimalValue }

/** By name of the metric. Required ones must be measured; optional ones count where they are. */
export interface Thresholds {
  readonly required: Readonly<Record<string, Threshold>>
  readonly optional: Readonly<Record<string, Threshold>>
}

export const defaultThresholds: Thresholds = {
  required: {
    clap: { atLeast: '0.35' },
    fad: { atMost: '1.5' },
    cer: { atMost: '0.06' },
    spk_cos: { atLeast: '0.88' },
    pitch_dev_cents: { atMost: '30' },
    lufs: { target: '-14', tolerance: '0.4' },
    sync_ms: { atMost: '70' },
  },
  optional: {
    bpm_drift_pct: { atMost: '0.8' },
    true_peak_db: { atMost: '-1' },
    determinism: { atLeast: '0.99' },
    loops: { atMost: '6' },
  },
}

/** A threshold made ready for exact comparison. */
export interface Bound {
  readonly metric: string
  readonly isRequired: boolean
  readonly lowest: Decimal | undefined
  readonly highest: Decimal | undefined
  /** For people: `>= 0.35`, `-14 ± 0.4`. */
  readonly text: string
}

/** Throws CONFIG_INVALID for anything that is no threshold, naming it. */
export function compileThresholds({ required, optional }: Thresholds): readonly Bound[] {
  const bounds = [
    ...Object.entries(required ?? {}).map(([metric, threshold]) => compile(metric, threshold, { isRequired: true })),
    ...Object.entries(optional ?? {}).map(([metric, threshold]) => compile(metric, threshold, { isRequired: false })),
  ]
  if (!bounds.some(({ isRequired }) => isRequired))
    throw invalid('Thresholds without a required metric accept anything')
  const repeated = Object.keys(required).find((metric) => Object.hasOwn(optional ?? {}, metric))
  if (repeated !== undefined) throw invalid(`The threshold of ${repeated} is both required and optional`)
  return bounds
}

function compile(metric: string, threshold: Threshold, { isRequired }: { readonly isRequired: boolean }): Bound {
  const named = { metric, isRequired }
  switch (Object.keys(threshold).sort().join()) {
    case 'atLeast': {
      const { atLeast } = threshold as { readonly atLeast: DecimalValue }
      return { ...named, lowest: decimalOf(metric, atLeast), highest: undefined, text: `>= ${atLeast}` }
    }
    case 'atMost': {
      const { atMost } = threshold as { readonly atMost: DecimalValue }
      return { ...named, lowest: undefined, highest: decimalOf(metric, atMost), text: `<= ${atMost}` }
    }
    case 'target,tolerance': {
      const { target, tolerance } = threshold as { readonly target: DecimalValue; readonly tolerance: DecimalValue }
      const [middle, reach] = [decimalOf(metric, target), decimalOf(metric, tolerance)]
      if (reach.isNegative) throw invalid(`The tolerance of ${metric} is negative`)
      const [lowest, highest] = [addDecimals(middle, negate(reach)), addDecimals(middle, reach)]
      return { ...named, lowest, highest, text: `${target} ± ${tolerance}` }
    }
    default:
      throw invalid(`The threshold of ${metric} must be { atLeast }, { atMost } or { target, tolerance }`)
  }
}

/** True if the value lies within the bound, ends included. */
export function isWithin({ lowest, highest }: Bound, value: Decimal): boolean {
  return (
    (lowest === undefined || compareDecimals(value, lowest) >= 0) &&
    (highest === undefined || compareDecimals(value, highest) <= 0)
  )
}

/** Far beyond any measure, and near enough that sums stay short. */
const textMax = 32
const exponentMax = 32

function decimalOf(metric: string, value: DecimalValue): Decimal {
  const text = typeof value === 'number' ? String(value) : value
  const decimal = typeof text === 'string' && text.length <= textMax ? parseDecimal(text) : undefined
  if (decimal === undefined || Math.abs(decimal.exponent) > exponentMax)
    throw invalid(`The threshold of ${metric} is no decimal number: ${String(value)}`)
  return decimal
}

function invalid(sentence: string): LedgerError {
  return new LedgerError('CONFIG_INVALID', `${sentence}.`, { details: { setting: 'thresholds' } })
}
