// The handle on one ledger: what `connect` returns.
import type { StatFrame } from '@ledgerd/protocol'
import { splitLines } from '@ledgerd/protocol'
import { LedgerError, withIndex } from '@ledgerd/schema'
import type { DataIn, EventMap, TypeName } from '@ledgerd/schema'
import { AppendLane } from './append-lane.ts'
import type { ConnectionLease } from './connection-pool.ts'
import type { ConnectionState } from './connection.ts'
import type { Context } from './context.ts'
import type { Condition, PendingDraft } from './draft-batch.ts'
import { EventIds } from './event-ids.ts'
import { readEvent } from './event-source.ts'
import type { DraftOptions, EventDraft, LedgerEvent } from './ledger-event.ts'
import type { Line } from './line-buffer.ts'
import { Reader } from './reader.ts'
import type { Follow, FollowOptions, LineOptions, ReadOptions } from './reader.ts'
import type { Receipt } from './receipt.ts'
import { Requests } from './request.ts'
import type { Wait } from './request.ts'

/** Makes an append conditional on the ledger's size, or on its size and content; such an append goes alone. */
export interface AppendAllOptions extends Wait {
  readonly expect?: Condition
}

export interface AppendOptions extends DraftOptions, AppendAllOptions {}

export interface Stats {
  readonly connection: ConnectionState
  /** Drafts, and their bytes, without an answer. */
  readonly queued: number
  readonly queuedBytes: number
  readonly appended: number
  readonly duplicates: number
  readonly refused: number
  readonly reconnects: number
  /** The highest number of a receipt. */
  readonly lastSeq: number | undefined
  /** Lines that typed streams passed over because their type is not declared, in all and by type. */
  readonly undeclaredLines: number
  readonly undeclaredTypes: Readonly<Record<string, number>>
}

/** Where an event is: its number, its identity, or the key it was appended under. */
export type EventPlace = number | { readonly eventId: string } | { readonly key: string }

interface StoredLine {
  readonly seq: number
  readonly leafHash: Receipt['leafHash']
  readonly line: Uint8Array
}

/** How the daemon sees a ledger. */
export type LedgerStat = Omit<StatFrame, 't' | 'id'>

export class Ledger<Events extends EventMap> implements AsyncDisposable {
  readonly id: string
  readonly #context: Context<Events>
  readonly #lease: ConnectionLease
  readonly #lane: AppendLane
  readonly #reader: Reader<Events>
  readonly #requests: Requests
  readonly #ids: EventIds
  #closing: Promise<void> | undefined

  /** Made by `connect`. */
  constructor(id: string, context: Context<Events>, lease: ConnectionLease) {
    const { connection, platform, settings } = context
    this.id = id
    this.#context = context
    this.#lease = lease
    this.#lane = new AppendLane(id, connection, platform, settings)
    this.#reader = new Reader([id], context)
    this.#requests = new Requests(context)
    this.#ids = new EventIds(platform)
  }

  /**
   * Resolves once the event is committed. Calls are batched and keep their order. Rejects with a LedgerError whose
   * `outcome` says whether the line may be on disk.
   */
  append<Type extends TypeName<Events>>(
    type: Type,
    data: DataIn<Events, Type>,
    options: AppendOptions = {},
  ): Promise<Receipt> {
    try {
      this.#assertOpen()
      const { schema } = this.#context
      const { expect, signal } = options
      signal?.throwIfAborted()
      const id = this.#identify(options)
      const { link = null, meta = {} } = options
      const text = schema.encodeDraft({ type, data, id, link, meta })
      const deadlineAtMs = this.#deadlineAtMs(options)
      let draft: PendingDraft | undefined
      const receipt = new Promise<Receipt>((resolve, reject) => {
        draft = pendingDraft(id, deadlineAtMs, resolve, reject)
        if (expect === undefined) this.#lane.submitOne(text, draft)
        else this.#lane.submit({ texts: [text], drafts: [draft], isAtomic: false, isAlone: true, expect })
      })
      return signal === undefined || draft === undefined ? receipt : this.#untilAborted(receipt, [draft], signal)
    } catch (error) {
      return Promise.reject(refusalOf(error, options.signal))
    }
  }

  /** Appends all or none, next to each other. Rejects with the first refusal. */
  appendAll(drafts: readonly EventDraft<Events>[], options: AppendAllOptions = {}): Promise<readonly Receipt[]> {
    try {
      this.#assertOpen()
      const { expect, signal } = options
      signal?.throwIfAborted()
      if (drafts.length === 0) return Promise.resolve([])
      const deadlineAtMs = this.#deadlineAtMs(options)
      const texts: string[] = []
      const pending: PendingDraft[] = []
      const receipts: Promise<Receipt>[] = []
      for (const [index, given] of drafts.entries()) {
        const { id, text } = this.#encode(given, index)
        texts.push(text)
        receipts.push(new Promise((resolve, reject) => pending.push(pendingDraft(id, deadlineAtMs, resolve, reject))))
      }
      const all = Promise.all(receipts)
      try {
        this.#lane.submit({ texts, drafts: pending, isAtomic: true, isAlone: true, expect })
      } catch (error) {
        return Promise.reject(error)
      }
      return signal === undefined ? all : this.#untilAborted(all, pending, signal)
    } catch (error) {
      return Promise.reject(refusalOf(error, options.signal))
    }
  }

  /** Events from `from` to the head as it is now. */
  read<Type extends TypeName<Events> = TypeName<Events>>(
    options: ReadOptions<Type> = {},
  ): AsyncIterableIterator<LedgerEvent<Events, Type>> {
    return this.#reader.read(options)
  }

  /** Events from `from` to the head, then those to come, across reconnects, each once and in order. */
  follow<Type extends TypeName<Events> = TypeName<Events>>(
    options: FollowOptions<Type> = {},
  ): Follow<LedgerEvent<Events, Type>> {
    return this.#reader.follow(options)
  }

  /** Exact lines of any type. */
  lines(options: LineOptions = {}): AsyncIterableIterator<Line> {
    return this.#reader.lines(options)
  }

  /** One event; undefined if there is none there. Throws EVENT_INVALID for a line that is no declared event. */
  async get(at: EventPlace, options: Wait = {}): Promise<LedgerEvent<Events> | undefined> {
    const stored = await this.#find(at, options)
    if (stored === undefined) return undefined
    const { seq, line } = stored
    const event = readEvent(this.#context.schema, { ledger: this.id, seq, line })
    if (event !== undefined) return event
    const details = { ledger: this.id, seq }
    throw new LedgerError('EVENT_INVALID', `line ${seq} of ${this.id} has a type that is not declared`, { details })
  }

  /** The receipt of an event that is on disk, as whoever appends it again would get it; undefined if there is none there. */
  async receipt(at: EventPlace, options: Wait = {}): Promise<Receipt | undefined> {
    const stored = await this.#find(at, options)
    if (stored === undefined) return undefined
    const { seq, leafHash, line } = stored
    const eventId = this.#context.schema.eventIdOf(line)
    if (eventId === undefined)
      throw new LedgerError('EVENT_INVALID', `line ${seq} of ${this.id} has no identity`, {
        details: { ledger: this.id, seq },
      })
    // Lines are shown to readers only once they are durable (PROTOCOL.md §3).
    return { ledger: this.id, seq, eventId, leafHash, duplicate: true, durable: 'fsync' }
  }

  /** How the daemon sees the ledger now: size, root, state. */
  async stat(options: Wait = {}): Promise<LedgerStat> {
    this.#assertOpen()
    const { header } = await this.#requests.ask((id) => ({ t: 'stat', id, ledger: this.id }), options)
    if (header.t !== 'stat') throw new LedgerError('FRAME_INVALID', `${header.t} frame in answer to stat`)
    const { t: _t, id: _id, ...stat } = header
    return stat
  }

  /** Waits until every append so far is settled; says how many are not when the time is over. */
  async flush(
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<{ pending: number }> {
    const { platform, settings } = this.#context
    const { timeoutMs = settings.flushTimeoutMs, signal } = options
    let cancel: (() => void) | undefined
    let leave: (() => void) | undefined
    const isOver = new Promise<void>((resolve) => {
      leave = resolve
      cancel = platform.startTimer(resolve, timeoutMs)
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
    if (signal?.aborted === true) leave?.()
    await Promise.race([this.#lane.whenIdle(), isOver])
    cancel?.()
    return { pending: this.#lane.pending }
  }

  stats(): Stats {
    const { connection } = this.#context
    const { undeclared } = this.#reader
    return {
      connection: connection.state,
      queued: this.#lane.pending,
      queuedBytes: this.#lane.heldBytes,
      ...this.#lane.counts,
      reconnects: connection.reconnects,
      undeclaredLines: undeclared.lines,
      undeclaredTypes: undeclared.byType,
    }
  }

  /**
   * Takes no more calls, waits for the appends under way, ends the streams, lets go of the connection. Idempotent. Lookups
   * under way reject with CLOSED.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Gives up at once: appends under way reject with ABORTED. */
  abort(reason: unknown): void {
    this.#lane.abandonAll('ABORTED', `the ledger was aborted: ${String(reason)}`)
    void this.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#reader.close()
    this.#requests.close()
    await this.#lane.whenIdle()
    this.#lane.abandonAll('CLOSED', 'the ledger was closed')
    this.#lease.release()
  }

  async #find(at: EventPlace, options: Wait): Promise<StoredLine | undefined> {
    this.#assertOpen()
    const place = this.#placeOf(at)
    try {
      const { header, body } = await this.#requests.ask((id) => ({ t: 'get', id, ledger: this.id, ...place }), options)
      if (header.t !== 'line') throw new LedgerError('FRAME_INVALID', `${header.t} frame in answer to get`)
      const [line = new Uint8Array(0)] = splitLines(body, 1)
      // The codec has checked its form.
      return { seq: header.seq, leafHash: header.leafHash as Receipt['leafHash'], line }
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'EVENT_NOT_FOUND') return undefined
      throw error
    }
  }

  #placeOf(at: EventPlace): { readonly seq: number } | { readonly eventId: string } {
    if (typeof at === 'object')
      return { eventId: 'key' in at ? this.#context.schema.deriveEventId(this.id, at.key) : at.eventId }
    if (Number.isSafeInteger(at) && at >= 0) return { seq: at }
    throw new LedgerError('REQUEST_INVALID', 'a sequence number is a safe integer from 0')
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new LedgerError('CLOSED', 'the ledger is closed', { outcome: 'absent' })
  }

  #identify({ id, key }: DraftOptions): string {
    if (id !== undefined && key !== undefined) {
      throw new LedgerError('REQUEST_INVALID', 'a draft takes its identity from id or from key, not both')
    }
    return id ?? (key === undefined ? this.#ids.next() : this.#context.schema.deriveEventId(this.id, key))
  }

  /** Identity and wire form of one of several drafts; a refusal says which. */
  #encode(draft: EventDraft<Events>, index: number): { readonly id: string; readonly text: string } {
    try {
      const id = this.#identify(draft)
      const { type, data, link = null, meta = {} } = draft
      return { id, text: this.#context.schema.encodeDraft({ type, data, id, link, meta }) }
    } catch (error) {
      throw error instanceof LedgerError ? withIndex(error, index) : error
    }
  }

  #deadlineAtMs({ deadlineMs }: Wait): number {
    return this.#context.platform.nowMs() + (deadlineMs ?? this.#context.settings.deadlineMs)
  }

  async #untilAborted<Result>(
    result: Promise<Result>,
    drafts: readonly PendingDraft[],
    signal: AbortSignal,
  ): Promise<Result> {
    const onAbort = (): void => this.#lane.abandon(drafts, 'ABORTED', 'the caller aborted')
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await result
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}

function pendingDraft(
  eventId: string,
  deadlineAtMs: number,
  resolve: (receipt: Receipt) => void,
  reject: (error: LedgerError) => void,
): PendingDraft {
  return { eventId, deadlineAtMs, resolve, reject, bytes: 0, isSettled: false, isUncertain: false, refusal: undefined }
}

/** A signal that was aborted before the call is ABORTED like any other. */
function refusalOf(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted !== true || error instanceof LedgerError) return error
  return new LedgerError('ABORTED', 'the caller aborted', { cause: error, outcome: 'absent' })
}
