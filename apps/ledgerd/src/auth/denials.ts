// What is refused to whom, in the log: enough to see an attack, never a secret, and never so much that refusals fill the
// disk. Beyond a number of lines a minute only the first of the next minute says how many were left out.
import type { LedgerError } from '@ledgerd/schema'
import type { Log, LogFields } from '../ops/log.ts'

const windowMs = 60_000

export interface DenialsOptions {
  readonly log: Log
  /** Monotonic, in milliseconds. */
  readonly now: () => number
  readonly loggedPerMinuteMax: number
}

export class Denials {
  readonly #options: DenialsOptions
  #windowStartMs = Number.NEGATIVE_INFINITY
  #told = 0
  #omitted = 0

  constructor(options: DenialsOptions) {
    this.#options = options
  }

  /** `event` is a constant sentence; the error's own sentence holds no secret (none does). */
  tell(event: string, error: LedgerError, fields: LogFields): void {
    const { log, now, loggedPerMinuteMax } = this.#options
    if (now() - this.#windowStartMs >= windowMs) {
      if (this.#omitted > 0) log.warn('denials left out of the log', { denials: this.#omitted })
      this.#windowStartMs = now()
      this.#told = 0
      this.#omitted = 0
    }
    if (this.#told >= loggedPerMinuteMax) {
      this.#omitted += 1
      return
    }
    this.#told += 1
    log.warn(event, { ...fields, reason: error.message })
  }
}
