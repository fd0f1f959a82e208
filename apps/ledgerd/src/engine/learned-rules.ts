// What a family's invariants know of a ledger: they are told its lines in order, each once.
import type { AdmissionRules } from '@ledgerd/schema'
import { type Extent, replayLines } from './line-reader.ts'

export class LearnedRules {
  readonly rules: AdmissionRules
  /** Lines from the first on that the rules know. */
  #count = 0

  constructor(rules: AdmissionRules) {
    this.rules = rules
  }

  /** Tells the lines that are not known yet; stops between two windows when `closing` aborts. */
  async learn(extent: () => Extent, closing: AbortSignal): Promise<void> {
    for (let { count } = extent(); this.#count < count && !closing.aborted; { count } = extent())
      this.#count = await replayLines(this.rules, extent(), this.#count)
  }
}
