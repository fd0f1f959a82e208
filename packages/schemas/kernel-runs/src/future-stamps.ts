// Finds stamps that lay in the future when they were written, by what the file itself says: time leaps ahead, and later
// entries take the leap back. No clock is asked, so a file gets the same findings on every machine and at any time; a
// leap that nothing takes back shows nothing here.
import type { PlacedBreach, Place } from '@ledgerd/schema'
import { compareInstants, type RunInstant } from './run-instant.ts'

/** More than these are counted, not kept. */
const keptMax = 1000

interface Stamp {
  readonly instant: RunInstant
  readonly time: string
  readonly place: Place
}

interface Leap {
  readonly from: RunInstant | undefined
  readonly to: Stamp
}

interface Memory {
  readonly last: RunInstant | undefined
  /** The latest leap ahead that was not taken back yet. */
  readonly leap: Leap | undefined
}

export class FutureStamps {
  readonly #leapMinMs: number
  readonly #found: PlacedBreach[] = []
  #notKept = 0
  #memory: Memory = { last: undefined, leap: undefined }

  /** Leaps of up to `leapMinMs` are clocks that were set, and no finding. */
  constructor(leapMinMs: number) {
    this.#leapMinMs = leapMinMs
  }

  /** Takes the next entry that names an instant. Returns how to forget it again. */
  take(instant: RunInstant, time: string, place: Place): () => void {
    const before = this.#memory
    const { last, leap } = before
    const stamp = { instant, time, place }
    const isTakenBack =
      last !== undefined &&
      leap !== undefined &&
      last.ms - instant.ms > this.#leapMinMs &&
      (leap.from === undefined || compareInstants(instant, leap.from) >= 0)
    const isLeap = last === undefined || instant.ms - last.ms > this.#leapMinMs
    const nextLeap = isLeap ? { from: last, to: stamp } : isTakenBack ? undefined : leap
    this.#memory = { last: instant, leap: nextLeap }
    if (!isTakenBack) return () => void (this.#memory = before)
    const undoKeep = this.#keep(leap.to, stamp)
    return () => {
      this.#memory = before
      undoKeep()
    }
  }

  /** `timestamp-future` at the first stamp of each leap that was taken back. */
  breaches(): readonly PlacedBreach[] {
    const last = this.#found.at(-1)
    if (last === undefined || this.#notKept === 0) return this.#found
    return [...this.#found.slice(0, -1), { ...last, message: `${last.message} ${this.#notKept} more follow.` }]
  }

  #keep({ time, place }: Stamp, { time: laterTime, place: laterPlace }: Stamp): () => void {
    if (this.#found.length >= keptMax) {
      this.#notKept++
      return () => void this.#notKept--
    }
    const message = `The timestamp ${time} lay in the future: line ${laterPlace.line} was written later, at ${laterTime}.`
    const facts = { path: '/timestamp', found: time, message }
    this.#found.push({ code: 'timestamp-future', severity: 'W', place, ...facts })
    return () => void this.#found.pop()
  }
}
