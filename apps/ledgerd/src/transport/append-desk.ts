// The appends of one connection: hands drafts to the engine and answers. All short-form results of one turn, which is to
// say of one commit, leave in one `receipts` frame per ledger.
import type { Ack, AppendFrame, DaemonFrame } from '@ledgerd/protocol'
import { LedgerError, formatError } from '@ledgerd/schema/errors'
import { AppendRun } from '../engine/append-run.ts'
import type { AppendResult, Engine } from '../engine/ports.ts'
import type { Metrics } from '../ops/metrics.ts'
import { appendInParts } from './append-parts.ts'
import { countOutcomes, formatOutcomes } from './outcome-lines.ts'
import type { Handle } from './turnstile.ts'

export interface AppendDeskOptions {
  readonly engine: Engine
  readonly metrics: Metrics
  /** What one turn takes in of a large request. */
  readonly partBytesMax: number
  readonly schemaRefusal: (ledger: string, name: string) => LedgerError | undefined
  readonly send: (frame: DaemonFrame, body?: Uint8Array) => void
  /** Called when a request got its answer. */
  readonly onAnswered: () => void
  readonly onDefect: (error: unknown) => void
}

/** Acks and hashes of one frame: both fit its header and body with room to spare. */
const acksPerFrameMax = 1024
const hashesPerFrameMax = 16_000
/** Runs remembered; a client uses few at a time, and those used last stay. */
const runsMax = 1024

interface PendingReceipts {
  readonly ledger: string
  readonly epoch: number
  readonly acks: Ack[]
  readonly hashes: string[]
}

export class AppendDesk {
  readonly #options: AppendDeskOptions
  /** Answers of this turn. Filled by results, emptied when the turn's promises are done. */
  #pending: PendingReceipts[] = []
  #openCount = 0
  /** By number, in the order of their last use. */
  readonly #runs: Map<number, AppendRun> = new Map()

  constructor(options: AppendDeskOptions) {
    this.#options = options
  }

  /** Requests whose answer has not been written yet. */
  get openCount(): number {
    return this.#openCount + this.#pending.length
  }

  /**
   * `drafts` belong to the engine from here on: ws never writes into a message again. Returns how the rest of a large
   * request is submitted, which is for later turns and before any other request of this connection.
   */
  submit(frame: AppendFrame, drafts: Uint8Array): Handle | undefined {
    const { engine, metrics, partBytesMax } = this.#options
    metrics.count('appends')
    metrics.count('drafts_received', frame.n)
    const refusal = frame.schema === undefined ? undefined : this.#schemaRefusal(frame.ledger, frame.schema)
    if (refusal !== undefined) {
      this.#answerError(frame.id, refusal)
      return undefined
    }
    this.#openCount += 1
    const { ledger, n: count, atomic: isAtomic = false, expect } = frame
    const run = frame.run === undefined ? undefined : this.#runOf(frame.run)
    const request = { ledger, drafts, count, isAtomic, expect, ...(run === undefined ? {} : { run }) }
    const { result: settled, rest } = appendInParts(engine, request, partBytesMax)
    settled.then(
      (result) => {
        if (result.kind === 'mixed')
          for (const outcome of result.outcomes) if ('error' in outcome) run?.hear(outcome.error)
        this.#settle(frame, result)
      },
      (error: unknown) => {
        run?.hear(error)
        this.#fail(frame, error)
      },
    )
    return rest
  }

  #runOf(number: number): AppendRun {
    const run = this.#runs.get(number) ?? new AppendRun()
    this.#runs.delete(number)
    this.#runs.set(number, run)
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > runsMax && oldest !== undefined) this.#runs.delete(oldest)
    return run
  }

  #schemaRefusal(ledger: string, schema: string): LedgerError | undefined {
    try {
      return this.#options.schemaRefusal(ledger, schema)
    } catch (error) {
      if (error instanceof LedgerError) return error
      throw error
    }
  }

  #settle(frame: AppendFrame, result: AppendResult): void {
    this.#openCount -= 1
    const { ledger } = frame
    const { epoch } = result
    if (result.kind === 'plain') {
      const receipts = this.#pendingFor(ledger, epoch, result.leafHashes.length)
      receipts.acks.push([frame.id, result.seq, result.leafHashes.length])
      for (const hash of result.leafHashes) receipts.hashes.push(hash)
    } else {
      const { outcomes } = result
      countOutcomes(this.#options.metrics, outcomes)
      const body = formatOutcomes(outcomes)
      this.#options.send({ t: 'outcomes', id: frame.id, ledger, epoch, durable: 'fsync', n: outcomes.length }, body)
      this.#options.onAnswered()
    }
  }

  #fail(frame: AppendFrame, cause: unknown): void {
    this.#openCount -= 1
    if (cause instanceof LedgerError) return this.#answerError(frame.id, cause)
    this.#options.onDefect(cause)
    this.#answerError(frame.id, new LedgerError('INTERNAL', 'a defect of the daemon; its log says more', { cause }))
  }

  #answerError(id: number, error: LedgerError): void {
    this.#options.metrics.countError(error.code)
    this.#options.send({ t: 'error', id, error: formatError(error) })
    this.#options.onAnswered()
  }

  /** The receipts of this turn that `count` more hashes may join. */
  #pendingFor(ledger: string, epoch: number, count: number): PendingReceipts {
    const last = this.#pending.findLast((receipts) => receipts.ledger === ledger)
    const hasRoom =
      last !== undefined && last.acks.length < acksPerFrameMax && last.hashes.length + count <= hashesPerFrameMax
    if (hasRoom && last.epoch === epoch) return last
    const receipts = { ledger, epoch, acks: [], hashes: [] }
    // Runs when every promise that this commit settled has been heard: next ticks come after the microtasks.
    if (this.#pending.push(receipts) === 1) process.nextTick(() => this.#flush())
    return receipts
  }

  #flush(): void {
    const pending = this.#pending
    this.#pending = []
    for (const { ledger, epoch, acks, hashes } of pending)
      this.#options.send(
        { t: 'receipts', ledger, epoch, durable: 'fsync', acks },
        Buffer.from(`${hashes.join('\n')}\n`, 'latin1'),
      )
    this.#options.onAnswered()
  }
}
