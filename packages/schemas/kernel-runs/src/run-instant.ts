// The moments that entries name, compared to the nanosecond: two stamps within one millisecond still have an order
// (formats §1.4).
import { instantMs } from '@ledgerd/schema'

export interface RunInstant {
  /** Unix milliseconds, rounded down. */
  readonly ms: number
  /** Nanoseconds within the millisecond. */
  readonly nanos: number
}

const encoder = new TextEncoder()
const fractionPattern = /\.(\d+)/

/** The instant that a text names; undefined if it names none. */
export function readInstant(text: string): RunInstant | undefined {
  const bytes = encoder.encode(text)
  const ms = instantMs(bytes, 0, bytes.length)
  if (Number.isNaN(ms)) return undefined
  const fraction = fractionPattern.exec(text)?.[1] ?? ''
  return { ms, nanos: Number(fraction.slice(3).padEnd(6, '0')) }
}

/** Below zero if `a` is earlier, 0 if they are the same moment. */
export function compareInstants(a: RunInstant, b: RunInstant): number {
  return a.ms - b.ms || a.nanos - b.nanos
}

/** The first whole millisecond that is not earlier. */
export function wholeMs({ ms, nanos }: RunInstant): number {
  return nanos > 0 ? ms + 1 : ms
}

/** The one form that is written: `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
export function formatTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
