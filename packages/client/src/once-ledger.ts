// What `once` needs of a ledger handle: any whose schema has the event `job` of workflow-records.
import type { EventPlace } from './ledger.ts'
import type { JobRecord } from './once-record.ts'
import type { Receipt } from './receipt.ts'
import type { Wait } from './request.ts'

export interface JobLedger {
  readonly id: string
  append(type: 'job', data: JobRecord, options?: Wait & { readonly key?: string }): Promise<Receipt>
  appendAll(drafts: readonly JobDraft[], options?: Wait): Promise<readonly Receipt[]>
  get(at: EventPlace, options?: Wait): Promise<StoredEvent | undefined>
  receipt(at: EventPlace, options?: Wait): Promise<Receipt | undefined>
  read(options: JobReadOptions & { readonly deadlineMs?: number }): AsyncIterable<StoredEvent>
  follow(options: JobReadOptions): AsyncIterable<StoredEvent>
}

export interface JobReadOptions {
  readonly from?: number
  readonly types?: readonly 'job'[]
  readonly signal?: AbortSignal
}

export interface JobDraft {
  readonly type: 'job'
  readonly data: JobRecord
  readonly key: string
}

export interface StoredEvent {
  readonly seq: number
  readonly eventId: string
  readonly type: string
  readonly time: string
  readonly data: unknown
}
