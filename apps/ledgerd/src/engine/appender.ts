// One open ledger: requests are admitted as they come, sealed into the forming group while the one before is synced, and
// told of their receipts after the commit. One group in flight; the next is whatever arrived meanwhile.
import type { AdmissionRules, AdmittedDraft, LedgerSchema, LineWriter } from '@ledgerd/schema'
import { invariant, LedgerError, withIndex } from '@ledgerd/schema/errors'
import type { CommittedRun } from '../commit/committed-run.ts'
import type { SealedGroup } from '../commit/file-commit.ts'
import type { Limits } from '../config.ts'
import type { LineIndex } from '../index/line-index.ts'
import type { HeadFile } from '../storage/head-file.ts'
import type { LedgerFile } from '../storage/ledger-file.ts'
import type { StopSignal } from '../storage/stop-signal.ts'
import { admit } from './admit.ts'
import type { GroupBuffers } from './group-buffers.ts'
import { type Expected, Group } from './group.ts'
import { conflictError, findMatch, type Match, type MatchSources } from './match.ts'
import type { AppendRequest, AppendResult } from './ports.ts'
import { refusalToRead } from './refusal-to-read.ts'
import { stoppedError } from './stop.ts'
import { Ticket } from './ticket.ts'

export interface AppenderParts {
  readonly ledger: string
  readonly schema: LedgerSchema
  readonly writer: LineWriter
  /** The family's invariants with all lines so far taken in; undefined if it has none. */
  readonly rules: AdmissionRules | undefined
  readonly index: LineIndex
  readonly file: LedgerFile
  readonly head: HeadFile
  readonly limits: Limits
  readonly nowMs: () => number
  /** Reads one committed line, without LF. */
  readonly readLine: (seq: number) => Promise<Uint8Array | undefined>
  /** Told of each request that is refused because earlier lines cannot be read. */
  readonly onUnread: (refusal: LedgerError) => void
  /** Asks for a commit round in which `takeGroup` is called. */
  readonly requestRound: () => void
  readonly buffers: GroupBuffers
  /** Called after each commit, after the receipts: publish, keep the index. Says whether anyone may still hold the run. */
  readonly onCommitted: (run: CommittedRun, records: Buffer, peaks: readonly Uint8Array[]) => 'held' | 'free'
  readonly onStopped: (stop: StopSignal) => void
}

export class Appender {
  readonly #parts: AppenderParts
  readonly #waiting: Ticket[] = []
  #forming: Group
  #inFlight: { readonly group: Group; readonly peaks: readonly Uint8Array[] } | undefined
  /** True while committed lines are read for the first waiting request. Owned by `#pump`. */
  #isFetching = false
  #fetched: Map<number, Uint8Array> = new Map()
  #queuedBytes = 0
  readonly #idleWaiters: (() => void)[] = []
  #stop: StopSignal | undefined

  constructor(parts: AppenderParts) {
    this.#parts = parts
    this.#forming = new Group(parts.index.count, parts.index.bytes, parts.buffers, { bytes: 0, lines: 0 })
  }

  get isIdle(): boolean {
    return this.#inFlight === undefined && this.#forming.tickets.length === 0 && this.#waiting.length === 0
  }

  /** Resolves once nothing waits, is sealed or in flight. */
  whenIdle(): Promise<void> {
    if (this.isIdle) return Promise.resolve()
    return new Promise((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Settles when the request is committed or refused. Throws when it is refused as a whole at once. */
  append(request: AppendRequest): Promise<AppendResult> {
    const { ledger, writer, limits, index } = this.#parts
    if (this.#stop !== undefined) throw stoppedError(ledger, this.#stop, 'absent')
    if (this.#queuedBytes + request.drafts.length > limits.ledgerQueueBytesMax)
      throw new LedgerError('QUEUE_FULL', `${this.#queuedBytes} bytes wait for ${ledger}; slow down`, {
        retryAfterMs: 50,
      })
    const admissions = admit(request, writer, limits)
    return new Promise((settle, fail) => {
      const prints = admissions.map((one) => (one instanceof LedgerError ? undefined : { ...index.print(one.eventId) }))
      const ticket = new Ticket(request, admissions, prints, settle, fail)
      this.#queuedBytes += ticket.bytes
      this.#waiting.push(ticket)
      this.#pump()
    })
  }

  /** The next group, if there is one and none is in flight. */
  takeGroup(): SealedGroup | undefined {
    const { ledger, index, file, head, buffers } = this.#parts
    const group = this.#forming
    if (this.#stop !== undefined || this.#inFlight !== undefined || group.count === 0) return undefined
    this.#inFlight = { group, peaks: index.edge.peaks() }
    this.#forming = new Group(group.from + group.count, group.start + group.length, buffers, roomLike(group))
    const root = Buffer.from(index.edge.root()).toString('hex')
    return { target: { file, head }, ledger, from: group.from, count: group.count, bytes: group.bytes, root }
  }

  /** The group in flight is committed. */
  committed(run: CommittedRun): void {
    invariant(this.#inFlight !== undefined, 'a commit answers a group in flight')
    const { group, peaks } = this.#inFlight
    this.#inFlight = undefined
    this.#settle(group)
    if (this.#parts.onCommitted(run, group.records, peaks) === 'free') group.release()
    this.#pump()
  }

  /** The group in flight failed: nothing more is written. Its lines may be on disk, those behind it are not. */
  failed(stop: StopSignal): void {
    invariant(this.#inFlight !== undefined, 'a failure answers a group in flight')
    const { group } = this.#inFlight
    this.#inFlight = undefined
    for (const ticket of group.tickets) ticket.fail(stoppedError(this.#parts.ledger, stop, 'unknown'))
    this.stop(stop)
  }

  /** Takes no more appends. Everything that waits is refused: it was never written. */
  stop(stop: StopSignal): void {
    if (this.#stop !== undefined) return
    this.#stop = stop
    const refused = [...this.#forming.tickets, ...this.#waiting.splice(0)]
    this.#queuedBytes = 0
    this.#forming.tickets.length = 0
    for (const ticket of refused) ticket.fail(stoppedError(this.#parts.ledger, stop, 'absent'))
    this.#parts.onStopped(stop)
    this.#tellIdle()
  }

  /** Places waiting requests into the forming group, in order, as far as they fit. */
  #pump(): void {
    while (!this.#isFetching && this.#stop === undefined) {
      const ticket = this.#waiting[0]
      if (ticket === undefined || !this.#fits(ticket)) break
      const missing = this.#linesToFetch(ticket)
      if (missing.length > 0) {
        this.#fetch(missing)
        return
      }
      this.#waiting.shift()
      this.#place(ticket)
      this.#fetched.clear()
    }
    if (this.#inFlight !== undefined) return
    if (this.#forming.count > 0) this.#parts.requestRound()
    else this.#settleEmpty()
    this.#tellIdle()
  }

  #tellIdle(): void {
    if (this.isIdle) for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  #fits(ticket: Ticket): boolean {
    const group = this.#forming
    return group.count === 0 || group.length + ticket.lineBytesMax <= this.#parts.limits.groupBytesMax
  }

  /** Committed lines that carry the identity of one of the request's drafts and were not read yet. */
  #linesToFetch(ticket: Ticket): number[] {
    const { index } = this.#parts
    const uncommittedFrom = this.#inFlight?.group.from ?? this.#forming.from
    const missing: number[] = []
    for (const print of ticket.prints) {
      if (print === undefined) continue
      for (const seq of index.candidatesOf(print))
        if (seq < uncommittedFrom && !this.#fetched.has(seq)) missing.push(seq)
    }
    return missing
  }

  #fetch(missing: readonly number[]): void {
    this.#isFetching = true
    const { ledger, readLine, onUnread } = this.#parts
    const read = async (): Promise<void> => {
      for (const seq of missing) this.#fetched.set(seq, (await readLine(seq)) ?? new Uint8Array(0))
    }
    read()
      .catch((error: unknown) => {
        const ticket = this.#waiting.shift()
        if (ticket === undefined) return
        const refusal = refusalToRead(`earlier lines of ${ledger}`, error)
        onUnread(refusal)
        this.#refuse(ticket, refusal)
      })
      .finally(() => {
        this.#isFetching = false
        this.#pump()
      })
  }

  #place(ticket: Ticket): void {
    const refusal = this.#refusalOf(ticket)
    if (refusal !== undefined) {
      this.#refuse(ticket, refusal)
      return
    }
    const { writer, index, nowMs } = this.#parts
    const timeMs = nowMs()
    const sources = this.#sources()
    for (const [at, admission] of ticket.admissions.entries()) {
      if (admission instanceof LedgerError) {
        ticket.placeRefusal(admission)
        continue
      }
      const print = ticket.prints[at]
      invariant(print !== undefined, 'an admitted draft has a fingerprint')
      const match = findMatch(admission, print, sources)
      if (match === undefined) {
        const turn = this.#takeTurn(admission, timeMs)
        if (turn instanceof LedgerError) ticket.placeRefusal(turn)
        else ticket.placeNew(this.#forming.seal(writer, admission, print, turn, index))
      } else if (match.isSame) ticket.placeDuplicate(match.seq, match.leafHex)
      else ticket.placeRefusal(conflictError(admission, match))
    }
    this.#forming.tickets.push(ticket)
  }

  /** The time to seal a draft with, once the family's invariants have taken it as the next line; or their refusal. */
  #takeTurn(admission: AdmittedDraft, timeMs: number): number | LedgerError {
    const { rules } = this.#parts
    if (rules === undefined) return timeMs
    try {
      return rules.take(admission, { seq: this.#forming.from + this.#forming.count, timeMs }).stamp.timeMs
    } catch (error) {
      if (error instanceof LedgerError) return error
      throw error
    }
  }

  /** Of an atomic request, the first draft that the invariants refuse after those before it; nothing is taken. */
  #refusedTurn(ticket: Ticket, matches: readonly (Match | undefined)[]): LedgerError | undefined {
    const { rules, nowMs } = this.#parts
    if (rules === undefined) return undefined
    const timeMs = nowMs()
    const undos: (() => void)[] = []
    let seq = this.#forming.from + this.#forming.count
    try {
      for (const [at, admission] of ticket.admissions.entries()) {
        if (admission instanceof LedgerError || matches[at] !== undefined) continue
        try {
          undos.push(rules.take(admission, { seq, timeMs }).undo)
        } catch (error) {
          if (error instanceof LedgerError) return withIndex(error, at)
          throw error
        }
        seq++
      }
      return undefined
    } finally {
      for (const undo of undos.reverse()) undo()
    }
  }

  /** Why a request is refused as a whole: a condition that does not hold, or a conflict in an atomic one. */
  #refusalOf(ticket: Ticket): LedgerError | undefined {
    const { expect, isAtomic } = ticket.request
    if (expect === undefined && !isAtomic) return undefined
    const sources = this.#sources()
    const matches = ticket.admissions.map((admission, at): Match | undefined => {
      const print = ticket.prints[at]
      return admission instanceof LedgerError || print === undefined ? undefined : findMatch(admission, print, sources)
    })
    for (const [at, match] of matches.entries()) {
      const admission = ticket.admissions[at]
      if (isAtomic && match?.isSame === false && admission !== undefined && !(admission instanceof LedgerError))
        return withIndex(conflictError(admission, match), at)
    }
    if (matches.every((match) => match?.isSame === true)) return undefined
    return this.#unmetExpectation(expect) ?? (isAtomic ? this.#refusedTurn(ticket, matches) : undefined)
  }

  #unmetExpectation(expect: AppendRequest['expect']): LedgerError | undefined {
    if (expect === undefined) return undefined
    const size = this.#forming.from + this.#forming.count
    const root = `sha256:${Buffer.from(this.#parts.index.edge.root()).toString('hex')}`
    if (expect.size === size && (expect.root === undefined || expect.root === root)) return undefined
    const lines = `${size} ${size === 1 ? 'line' : 'lines'}`
    return new LedgerError('EXPECT_FAILED', `the ledger has ${lines} and root ${root}; read on and decide again`, {
      details: { size, root },
    })
  }

  #sources(): MatchSources {
    const { index, schema, writer } = this.#parts
    const groups = this.#inFlight === undefined ? [this.#forming] : [this.#inFlight.group, this.#forming]
    return { index, schema, writer, groups, fetched: this.#fetched }
  }

  #settle(group: Group): void {
    for (const ticket of group.tickets) {
      this.#queuedBytes -= ticket.bytes
      ticket.settle(this.#parts.head.record.epoch, group)
    }
  }

  /** Requests that brought no new line wait for nothing once no group is in flight. */
  #settleEmpty(): void {
    if (this.#forming.count > 0 || this.#forming.tickets.length === 0) return
    this.#settle(this.#forming)
    this.#forming.tickets.length = 0
  }

  #refuse(ticket: Ticket, error: LedgerError): void {
    this.#queuedBytes -= ticket.bytes
    ticket.fail(error)
  }
}

/** Room for a group like the last one and a quarter as much again. */
function roomLike({ length, count }: Group): Expected {
  return { bytes: length + (length >> 2), lines: count + (count >> 2) }
}
