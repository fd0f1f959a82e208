// The total order of one workflow (RFC §3, formats §6.2): `sequence_no` defines it; where events have none, time does,
// and the place in the file breaks ties.
import { instantMs } from '@ledgerd/schema'

/** The members of an event that tell. */
export interface OrderedEvent {
  readonly sequence_no?: number | undefined
  readonly created_at: string
}

const encoder = new TextEncoder()

/**
 * The events of one workflow in their order, given in the order of the file. Numbers count only if every event has one:
 * a part of them orders nothing. An event whose time cannot be read stands before the others.
 */
export function inWorkflowOrder<Event extends OrderedEvent>(events: Iterable<Event>): Event[] {
  const inFileOrder = Array.from(events)
  const isNumbered = inFileOrder.every(({ sequence_no: number }) => number !== undefined)
  const ranked = inFileOrder.map((event) => ({ event, rank: isNumbered ? [event.sequence_no ?? 0, 0] : rankOf(event) }))
  // Sorting is stable, so equals stay as they stood.
  return ranked.sort((a, b) => compare(a.rank, b.rank)).map(({ event }) => event)
}

/** Milliseconds, and the nanoseconds within: instants compare at full precision (formats §1.4). */
function rankOf({ created_at: createdAt }: OrderedEvent): readonly number[] {
  const bytes = encoder.encode(createdAt)
  const timeMs = instantMs(bytes, 0, bytes.length)
  if (Number.isNaN(timeMs)) return [Number.MIN_SAFE_INTEGER, 0]
  const fraction = /\.(\d+)/.exec(createdAt)?.[1] ?? ''
  return [timeMs, Number(fraction.padEnd(9, '0').slice(3))]
}

function compare(a: readonly number[], b: readonly number[]): number {
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0)
}
