// Which ledgers hold their files, locks and index: so many at most. Who has not been asked for a while is put to rest, and
// when room is needed the one that was not asked for longest, as a clock hand finds it.
import { LedgerError } from '@ledgerd/schema/errors'

/** A ledger that holds its files, as far as deciding about it goes. */
export interface Holder {
  /** Set with every request, cleared here at each look. */
  isFresh: boolean
  /** Nothing is under way. */
  readonly canRest: boolean
  readonly lineCount: number
  /** Gives everything back, and is not held any more when this returns. */
  rest(): void
}

export interface HeldFilesParts {
  readonly heldLedgersMax: number
  readonly restAfterMs: number
  /** Longer ledgers rest only to make room: taking them up again reads their index. */
  readonly restLinesMax: number
  readonly later: (delayMs: number, task: () => void) => () => void
}

/** Put to rest in one turn: giving files back takes a moment, and others are served between. */
const slice = 16
const betweenSlicesMs = 20

export class HeldFiles {
  readonly #parts: HeldFilesParts
  /** The first is where the hand stands. */
  readonly #holders: Set<Holder> = new Set()
  #cancel: (() => void) | undefined

  constructor(parts: HeldFilesParts) {
    this.#parts = parts
  }

  get count(): number {
    return this.#holders.size
  }

  /** Before a ledger opens its files: makes room. Throws BUSY when every ledger that is held is in use. */
  take(holder: Holder): void {
    if (this.#holders.size >= this.#parts.heldLedgersMax) this.#makeRoom()
    this.#holders.add(holder)
    this.#cancel ??= this.#lookLater()
  }

  /** It gave its files back, or never got them. */
  forget(holder: Holder): void {
    this.#holders.delete(holder)
    if (this.#holders.size > 0) return
    this.#cancel?.()
    this.#cancel = undefined
  }

  #makeRoom(): void {
    // Those asked for since the last round go behind the others once, and have no excuse when the hand comes back.
    for (const holder of this.#holders) {
      if (!holder.canRest) continue
      if (!holder.isFresh) return this.#putToRest(holder)
      holder.isFresh = false
      this.#holders.delete(holder)
      this.#holders.add(holder)
    }
    throw new LedgerError('BUSY', `${this.#holders.size} ledgers are held and in use; that is the limit`, {
      retryAfterMs: 1000,
    })
  }

  #lookLater(): () => void {
    return this.#parts.later(this.#parts.restAfterMs / 2, () => {
      const { restLinesMax } = this.#parts
      const resting: Holder[] = []
      for (const holder of this.#holders) {
        if (!holder.isFresh && holder.canRest && holder.lineCount <= restLinesMax) resting.push(holder)
        holder.isFresh = false
      }
      this.#restInSlices(resting)
    })
  }

  /** Who was asked for meanwhile stays. */
  #restInSlices(resting: readonly Holder[]): void {
    for (const holder of resting.slice(0, slice))
      if (this.#holders.has(holder) && !holder.isFresh && holder.canRest) this.#putToRest(holder)
    this.#cancel = undefined
    if (this.#holders.size === 0) return
    const left = resting.slice(slice)
    this.#cancel =
      left.length === 0 ? this.#lookLater() : this.#parts.later(betweenSlicesMs, () => this.#restInSlices(left))
  }

  #putToRest(holder: Holder): void {
    this.#holders.delete(holder)
    holder.rest()
  }
}
