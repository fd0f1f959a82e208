// What a ledger should be, in a dozen lines: a list to which new identities are added, and how much of it a crash may not
// take. The daemon is held against this.
import type { ModelDraft } from './model-draft.ts'

export interface ModelRequest {
  readonly drafts: readonly ModelDraft[]
  readonly isAtomic: boolean
  /** The size that the ledger is expected to have. */
  readonly expectSize: number | undefined
}

export class Reference {
  /** Every line in order; those from `floor` on were not acknowledged yet, and a crash may take them from the end. */
  readonly lines: ModelDraft[] = []
  floor = 0
  /** So many of them a durable head record knows, at the least. Where the second sync is its own, that is all up to `floor`. */
  known = 0
  /** The epoch that the record names, at the least. */
  epoch = 0

  /** What every draft of a request becomes: `new 7`, `again 3`, or a code; one code alone for a request refused as a whole. */
  append({ drafts, isAtomic, expectSize }: ModelRequest): readonly string[] {
    const whole = isAtomic ? this.#atomicRefusal(drafts) : undefined
    if (whole !== undefined) return [whole]
    const isRepeat = drafts.every((draft) => this.#judge(draft).startsWith('again'))
    if (!isRepeat && expectSize !== undefined && expectSize !== this.lines.length) return ['EXPECT_FAILED']
    return drafts.map((draft) => {
      const verdict = this.#judge(draft)
      return verdict === 'new' ? `new ${this.lines.push(draft) - 1}` : verdict
    })
  }

  /** After a crash or a failure: what is there now is there for good, and the daemon that opened it has said so. */
  settle(length: number): void {
    this.lines.length = length
    this.floor = length
    this.known = length
  }

  #judge(draft: ModelDraft): string {
    if (draft.isBad) return 'SCHEMA_INVALID'
    const at = this.lines.findIndex(({ n }) => n === draft.n)
    if (at < 0) return 'new'
    return this.lines[at]?.version === draft.version ? `again ${at}` : 'IDENTITY_CONFLICT'
  }

  #atomicRefusal(drafts: readonly ModelDraft[]): string | undefined {
    const seen = new Set<number>()
    for (const { isBad, n } of drafts) {
      if (isBad) return 'SCHEMA_INVALID'
      if (seen.has(n)) return 'REQUEST_INVALID'
      seen.add(n)
    }
    return drafts.map((draft) => this.#judge(draft)).find((verdict) => verdict === 'IDENTITY_CONFLICT')
  }
}
