// Steps of this process whose append ended without word, by claim: the claim may be on the ledger, or the effect has run
// and its end may not be. Kept for the whole process, whatever handle the next call comes on; the claim id, which no other
// process has, says on which ledger a step counts.
import type { Effect, JobEnd } from './once-record.ts'

export interface UnsettledStep {
  readonly effect: Effect
  readonly attempt: number
  readonly claimId: string
  /** Without it the effect has not run. */
  readonly end?: JobEnd
}

/** Beyond it the oldest step is forgotten: its effect, if it was claimed, then stays in progress. */
const stepsMax = 1024

export class OnceMemory {
  readonly #steps: Map<string, UnsettledStep> = new Map()

  remember(step: UnsettledStep): void {
    this.#steps.set(step.claimId, step)
    const [oldest] = this.#steps.keys()
    if (this.#steps.size > stepsMax && oldest !== undefined) this.#steps.delete(oldest)
  }

  /** Gives the step to one caller, and to no other one. */
  take(claimId: string | undefined): UnsettledStep | undefined {
    if (claimId === undefined) return undefined
    const step = this.#steps.get(claimId)
    this.#steps.delete(claimId)
    return step
  }
}
