// A ledger of job records in memory, for tests of `once`: identities, atomic appends and the rules of jobs as the daemon
// keeps them, and handles on it whose every append can be lost, delayed, or be the last thing a process did.
import { createHash } from 'node:crypto'
import { LedgerError } from '@ledgerd/schema'
import { isSameJson } from '../src/once-input.ts'
import type { JobDraft, JobLedger, JobReadOptions, StoredEvent } from '../src/once-ledger.ts'
import type { JobRecord } from '../src/once-record.ts'
import type { EventPlace } from '../src/ledger.ts'
import type { Receipt } from '../src/receipt.ts'

/** What happens to one append, between its sender and the ledger. */
export type Fate =
  | 'arrives'
  /** The sender hears nothing, and the append never comes. */
  | 'is-lost'
  /** It is committed, and the sender hears nothing. */
  | 'loses-its-answer'
  /** The sender gives up before it is committed. */
  | 'comes-late'
  /** Refused for now, nothing is on disk. */
  | 'is-refused'

export type Draft = Omit<JobDraft, 'key'> & { readonly eventId: string }

/** The daemon's side. */
export class MemoryJobs {
  readonly events: (StoredEvent & { readonly data: JobRecord })[] = []
  readonly id = 'jobs/memory'
  readonly #followers: Set<() => void> = new Set()

  /** All or none. Throws IDENTITY_CONFLICT, INVARIANT_VIOLATED. */
  commit(drafts: readonly Draft[]): readonly Receipt[] {
    const before = this.events.length
    try {
      return drafts.map((draft) => this.#commitOne(draft))
    } catch (error) {
      this.events.length = before
      throw error
    } finally {
      for (const wake of this.#followers) wake()
    }
  }

  /** A record of someone who does not use `once`. */
  commitForeign(data: Partial<JobRecord>): void {
    const latest = this.events.at(-1)?.data
    const record = { ...(latest ?? emptyRecord), claim_id: 'foreign', ...data } as JobRecord
    this.commit([{ type: 'job', data: record, eventId: hexOf(`foreign ${this.events.length}`) }])
  }

  onCommit(wake: () => void): () => void {
    this.#followers.add(wake)
    return () => this.#followers.delete(wake)
  }

  receiptOf(seq: number, duplicate: boolean): Receipt {
    const eventId = this.events[seq]?.eventId ?? ''
    return { ledger: this.id, seq, eventId, leafHash: `sha256:${hexOf(eventId)}`, duplicate, durable: 'fsync' }
  }

  #commitOne({ data: given, eventId }: Draft): Receipt {
    const data = JSON.parse(JSON.stringify(given)) as JobRecord
    const earlier = this.events.find((event) => event.eventId === eventId)
    if (earlier !== undefined) {
      if (isSameJson(earlier.data, data)) return this.receiptOf(earlier.seq, true)
      throw new LedgerError('IDENTITY_CONFLICT', 'other content', { details: { seq: earlier.seq } })
    }
    const breach = breachOf(this.#latestLike(data), data)
    if (breach !== undefined) throw new LedgerError('INVARIANT_VIOLATED', breach, { details: { rule: breach } })
    const seq = this.events.length
    this.events.push({ seq, eventId, type: 'job', time: '2026-01-28T19:00:00.000Z', data })
    return this.receiptOf(seq, false)
  }

  #latestLike({ tenant_id: tenant, operator_name: operator, idempotency_key: key }: JobRecord): JobRecord | undefined {
    return this.events.findLast(
      ({ data }) => data.tenant_id === tenant && data.operator_name === operator && data.idempotency_key === key,
    )?.data
  }
}

export interface HandleOptions {
  /** Passed on every way to the ledger and back. */
  readonly gate?: (place: string) => Promise<void>
  /** Asked for each append, in order. */
  readonly fateOf?: (drafts: readonly Draft[]) => Fate
  /** What the client says of a draft before it is sent. */
  readonly encode?: (data: JobRecord) => void
}

/** The client's side, in one process. */
export class MemoryJobLedger implements JobLedger {
  readonly id: string
  readonly jobs: MemoryJobs
  readonly #options: HandleOptions

  constructor(jobs: MemoryJobs, options: HandleOptions = {}) {
    this.id = jobs.id
    this.jobs = jobs
    this.#options = options
  }

  async append(type: 'job', data: JobRecord, { key = '' }: { readonly key?: string } = {}): Promise<Receipt> {
    const [receipt] = await this.appendAll([{ type, data, key }])
    if (receipt === undefined) throw new Error('one draft, one receipt')
    return receipt
  }

  async appendAll(drafts: readonly JobDraft[]): Promise<readonly Receipt[]> {
    for (const { data } of drafts) this.#options.encode?.(data)
    const sent = drafts.map(({ key, ...draft }) => ({ ...draft, eventId: hexOf(key) }))
    const fate = this.#options.fateOf?.(sent) ?? 'arrives'
    if (fate === 'is-refused') throw new LedgerError('BUSY', 'not now')
    if (fate === 'is-lost') throw noAnswer()
    if (fate === 'comes-late') {
      void this.#pass('late').then(() => {
        try {
          this.jobs.commit(sent)
        } catch (error) {
          if (!(error instanceof LedgerError)) throw error
        }
      })
      throw noAnswer()
    }
    await this.#pass('append')
    const receipts = this.jobs.commit(sent)
    await this.#pass('receipt')
    if (fate === 'loses-its-answer') throw noAnswer()
    return receipts
  }

  async get(at: EventPlace): Promise<StoredEvent | undefined> {
    await this.#pass('get')
    return this.#find(at)
  }

  async receipt(at: EventPlace): Promise<Receipt | undefined> {
    await this.#pass('get receipt')
    const event = this.#find(at)
    return event === undefined ? undefined : this.jobs.receiptOf(event.seq, true)
  }

  async *read({ from = 0 }: JobReadOptions): AsyncGenerator<StoredEvent> {
    await this.#pass('read')
    yield* this.jobs.events.slice(from)
  }

  async *follow({ from = 0, signal }: JobReadOptions): AsyncGenerator<StoredEvent> {
    for (let seq = from; signal?.aborted !== true; ) {
      const event = this.jobs.events[seq]
      if (event === undefined) await this.#next(signal)
      else {
        seq += 1
        yield event
      }
    }
  }

  #find(at: EventPlace): StoredEvent | undefined {
    if (typeof at === 'number') return this.jobs.events[at]
    const eventId = 'key' in at ? hexOf(at.key) : at.eventId
    return this.jobs.events.find((event) => event.eventId === eventId)
  }

  #next(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const stopWaiting = this.jobs.onCommit(wake)
      signal?.addEventListener('abort', wake, { once: true })
      function wake(): void {
        stopWaiting()
        resolve()
      }
    })
  }

  async #pass(place: string): Promise<void> {
    await this.#options.gate?.(place)
  }
}

/** The rules of workflow-records for jobs, by the names it gives them (formats §6.3). */
function breachOf(before: JobRecord | undefined, next: JobRecord): string | undefined {
  if (before !== undefined && !isSameJson(before.input_payload, next.input_payload))
    return 'idempotency-payload-mismatch'
  return isLegal(before, next) ? undefined : 'illegal-transition'
}

function isLegal(before: JobRecord | undefined, { status, attempt }: JobRecord): boolean {
  if (before === undefined) return status === 'queued' && attempt === 1
  const isSameAttempt = attempt === before.attempt
  if (before.status === 'queued') return isSameAttempt && (status === 'running' || status === 'cancelled')
  if (before.status === 'running') return isSameAttempt && status !== 'queued' && status !== 'running'
  const isNextAttempt = attempt === before.attempt + 1 && (status === 'queued' || status === 'running')
  return before.status === 'failed' && before.error?.retryable === true && isNextAttempt
}

const emptyRecord: Partial<JobRecord> = { result_payload: null, error: null, usage: null }

function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function noAnswer(): LedgerError {
  return new LedgerError('DEADLINE', 'no receipt in time', { outcome: 'unknown' })
}
