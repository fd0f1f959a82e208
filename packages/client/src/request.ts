// One question, one answer: sent when the connection is open, sent again after a cut or a refusal that passes, given up
// at the deadline or by the caller. Only for what may be asked twice.
import type { ClientFrame, DaemonFrame, ReceiptsFrame } from '@ledgerd/protocol'
import { LedgerError, parseError } from '@ledgerd/schema'
import { backOffMs } from './back-off.ts'
import type { Connection, ConnectionUser, FrameReceiver } from './connection.ts'
import type { Platform } from './platform.ts'
import type { Settings } from './settings.ts'

/** Options of every call that can wait. */
export interface Wait {
  readonly signal?: AbortSignal
  /** Overrides the handle's. */
  readonly deadlineMs?: number
}

export interface Answer {
  readonly header: Exclude<DaemonFrame, ReceiptsFrame>
  readonly body: Uint8Array
}

type Question = Extract<ClientFrame, { readonly t: 'get' | 'stat' }>

interface RequestContext {
  readonly connection: Connection
  readonly platform: Platform
  readonly settings: Settings
}

/** The questions of one handle. */
export class Requests {
  readonly #context: RequestContext
  readonly #open = new Set<Exchange>()

  constructor(context: RequestContext) {
    this.#context = context
  }

  /** Resolves with the answer. Rejects with the daemon's refusal, DEADLINE, UNREACHABLE, ABORTED or CLOSED. */
  async ask(makeFrame: (id: number) => Question, wait: Wait): Promise<Answer> {
    let exchange: Exchange | undefined
    try {
      return await new Promise((resolve, reject) => {
        exchange = new Exchange(makeFrame, this.#context, wait, { resolve, reject })
        this.#open.add(exchange)
        exchange.begin()
      })
    } finally {
      if (exchange !== undefined) this.#open.delete(exchange)
    }
  }

  /** Gives up what has no answer yet. */
  close(): void {
    for (const exchange of this.#open) exchange.close()
  }
}

class Exchange implements ConnectionUser, FrameReceiver {
  readonly #makeFrame: (id: number) => Question
  readonly #context: RequestContext
  readonly #wait: Wait
  readonly #settle: { resolve(answer: Answer): void; reject(error: LedgerError): void }
  #id: number | undefined
  #attempt = 0
  #refusal: LedgerError | undefined
  #cancelDeadline: (() => void) | undefined
  #cancelRetry: (() => void) | undefined
  readonly #onAbort = (): void => {
    this.#fail(
      new LedgerError('ABORTED', 'the caller aborted', { cause: this.#wait.signal?.reason, outcome: 'absent' }),
    )
  }

  constructor(
    makeFrame: (id: number) => Question,
    context: RequestContext,
    wait: Wait,
    settle: { resolve(answer: Answer): void; reject(error: LedgerError): void },
  ) {
    this.#makeFrame = makeFrame
    this.#context = context
    this.#wait = wait
    this.#settle = settle
  }

  begin(): void {
    const { connection, platform, settings } = this.#context
    const { signal } = this.#wait
    if (signal?.aborted === true) return this.#onAbort()
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    const deadlineMs = this.#wait.deadlineMs ?? settings.deadlineMs
    this.#cancelDeadline = platform.startTimer(() => this.#expire(deadlineMs), deadlineMs, { isBackground: true })
    connection.attach(this)
    if (connection.isOpen) this.onOpen()
  }

  close(): void {
    this.#fail(new LedgerError('CLOSED', 'the ledger was closed before an answer came', { outcome: 'absent' }))
  }

  onOpen(): void {
    if (this.#id !== undefined) return
    this.#cancelRetry?.()
    this.#id = this.#context.connection.claimId(this)
    this.#context.connection.send(this.#makeFrame(this.#id))
  }

  onCut(): void {
    this.#forget()
  }

  onRefused(error: LedgerError): void {
    this.#fail(error)
  }

  onFrame(header: Answer['header'], body: Uint8Array): void {
    if (header.t !== 'error') {
      this.#finish()
      return this.#settle.resolve({ header, body })
    }
    const error = parseError(header.error)
    if (!error.retryable) return this.#fail(error)
    this.#refusal = error
    this.#forget()
    this.#attempt += 1
    const { connection, platform, settings } = this.#context
    const delayMs = backOffMs(this.#attempt, settings, platform.random(), error.retryAfterMs)
    this.#cancelRetry = platform.startTimer(() => {
      if (connection.isOpen) this.onOpen()
    }, delayMs)
  }

  #expire(deadlineMs: number): void {
    const { connection } = this.#context
    const cause = this.#refusal ?? connection.lastCause
    this.#fail(
      new LedgerError(cause?.code ?? 'DEADLINE', `no answer within ${deadlineMs} ms`, { cause, outcome: 'absent' }),
    )
  }

  #fail(error: LedgerError): void {
    this.#finish()
    this.#settle.reject(error)
  }

  #finish(): void {
    this.#forget()
    this.#cancelDeadline?.()
    this.#cancelRetry?.()
    this.#wait.signal?.removeEventListener('abort', this.#onAbort)
    this.#context.connection.detach(this)
  }

  #forget(): void {
    if (this.#id !== undefined) this.#context.connection.releaseId(this.#id)
    this.#id = undefined
  }
}
