// Visitors of a daemon, each kind in a process of its own: what it does is started, goes on, and ends with what it came to.
import type { RecordedEvent } from '../recorded-events.ts'

export interface VisitorOptions {
  /** The daemon's local socket, as `unix:<path>`. */
  readonly url: string
  readonly port: number
  readonly nextEvent: () => RecordedEvent
}

/** Stops it; how many of its unit it came to (appends, connections, …). */
export type Stop = () => Promise<number>

export interface Visitor {
  readonly name: string
  readonly start: (options: VisitorOptions) => Promise<Stop>
}

/** Runs `act` about `perSecond` times a second, however long one takes, until stopped; how often it ran. */
export function atRate(perSecond: number, act: () => void): () => number {
  const began = performance.now()
  let count = 0
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * perSecond) / 1000
    for (; count < due; count++) act()
  }, 5)
  return () => {
    clearInterval(timer)
    return count
  }
}
