// Whether the peer is alive, counted in half intervals by whoever owns the clock (PROTOCOL.md §2).
import type { Wire } from './wire.ts'

/** Three intervals of two beats each. */
const silentBeatsMax = 6

export class Heartbeat {
  readonly #wire: Pick<Wire, 'send' | 'takeHasSent'>
  #silentBeats = 0
  #idleBeats = 0

  constructor(wire: Pick<Wire, 'send' | 'takeHasSent'>) {
    this.#wire = wire
  }

  /** Any frame counts. */
  hear(): void {
    this.#silentBeats = 0
  }

  /** Pings after an interval without a frame of ours; `dead` after three without one of theirs. */
  beat(): 'alive' | 'dead' {
    this.#silentBeats += 1
    this.#idleBeats = this.#wire.takeHasSent() ? 0 : this.#idleBeats + 1
    if (this.#silentBeats > silentBeatsMax) return 'dead'
    if (this.#idleBeats >= 2) {
      this.#wire.send({ t: 'ping' })
      this.#idleBeats = 0
    }
    return 'alive'
  }
}
