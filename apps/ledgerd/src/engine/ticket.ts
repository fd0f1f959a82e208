// A request on its way: what was asked, what each draft came to, and whom to tell.
import type { AdmittedDraft, LedgerError } from '@ledgerd/schema'
import type { Fingerprint } from '../index/identity-table.ts'
import type { AppendRequest, AppendResult, DraftOutcome } from './ports.ts'

/** A draft after admission, or the refusal. */
export type Admission = AdmittedDraft | LedgerError

/** Where a draft ended: a new line, an earlier line, or a refusal. */
type Placement = { readonly seq: number; readonly leafHash: string | undefined } | { readonly error: LedgerError }

export interface LeafSource {
  /** 64 hex digits. */
  leafHex(seq: number): string
}

export class Ticket {
  readonly request: AppendRequest
  readonly admissions: readonly Admission[]
  /** Fingerprints of the drafts' identities, made once; undefined where the draft was refused. */
  readonly prints: readonly (Fingerprint | undefined)[]
  /** Draft bytes, for the queue limit. */
  readonly bytes: number
  /** Upper bound of what its lines add to a group. */
  readonly lineBytesMax: number
  readonly #settle: (result: AppendResult) => void
  readonly #fail: (error: LedgerError) => void
  readonly #placements: Placement[] = []
  #newCount = 0

  constructor(
    request: AppendRequest,
    admissions: readonly Admission[],
    prints: readonly (Fingerprint | undefined)[],
    settle: (result: AppendResult) => void,
    fail: (error: LedgerError) => void,
  ) {
    this.request = request
    this.admissions = admissions
    this.prints = prints
    this.bytes = request.drafts.length
    this.lineBytesMax = admissions.reduce((sum, one) => sum + ('code' in one ? 0 : one.lineBytesMax), 0)
    this.#settle = settle
    this.#fail = fail
  }

  /** True when at least one line of this request is in the group, so that the commit decides. */
  get hasNewLines(): boolean {
    return this.#newCount > 0
  }

  placeNew(seq: number): void {
    this.#placements.push({ seq, leafHash: undefined })
    this.#newCount++
  }

  placeDuplicate(seq: number, leafHash: string): void {
    this.#placements.push({ seq, leafHash })
  }

  placeRefusal(error: LedgerError): void {
    this.#placements.push({ error })
  }

  /** Tells the caller, after the commit of what was new. */
  settle(epoch: number, leaves: LeafSource): void {
    const first = this.#placements[0]
    if (this.#newCount === this.#placements.length && first !== undefined && 'seq' in first) {
      const eventIds: string[] = []
      const leafHashes: string[] = []
      for (let at = 0; at < this.#newCount; at++) {
        eventIds.push((this.admissions[at] as AdmittedDraft).eventId)
        leafHashes.push(leaves.leafHex(first.seq + at))
      }
      this.#settle({ kind: 'plain', epoch, seq: first.seq, eventIds, leafHashes })
      return
    }
    this.#settle({
      kind: 'mixed',
      epoch,
      outcomes: this.#placements.map((place, at) => this.#outcome(place, at, leaves)),
    })
  }

  fail(error: LedgerError): void {
    this.#fail(error)
  }

  #outcome(place: Placement, at: number, leaves: LeafSource): DraftOutcome {
    if ('error' in place) return place
    const { seq, leafHash } = place
    const eventId = (this.admissions[at] as AdmittedDraft).eventId
    return { seq, eventId, leafHash: leafHash ?? leaves.leafHex(seq), isDuplicate: leafHash !== undefined }
  }
}
