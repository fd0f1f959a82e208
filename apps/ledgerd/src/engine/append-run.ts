// A run: appends of one client whose order is to be kept though many are under way (PROTOCOL.md §5). It breaks with the
// first that is refused for now; whatever is behind it is refused, so that nothing gets ahead of it.
import { LedgerError } from '@ledgerd/schema/errors'

export class AppendRun {
  #isBroken = false

  get isBroken(): boolean {
    return this.#isBroken
  }

  /** A request of the run came to nothing. Refusals that last break nothing: whoever is behind does not wait for them. */
  hear(error: unknown): void {
    if (error instanceof LedgerError && error.retryable) this.#isBroken = true
  }

  /** Throws BUSY behind a refusal. */
  assertWhole(): void {
    if (!this.#isBroken) return
    throw new LedgerError('BUSY', 'a request before this one was refused for now; send both again in a new run', {
      details: { reason: 'out-of-turn' },
    })
  }
}

/** One step of an admission, in its turn. It must not wait: the next request's step may come right behind it. */
export function inTurn<Result>(run: AppendRun | undefined, step: () => Result): Result {
  run?.assertWhole()
  try {
    return step()
  } catch (error) {
    run?.hear(error)
    throw error
  }
}
