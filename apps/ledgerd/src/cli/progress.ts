// Signs of life of a long command, on stderr (cli.md §4 of the design): one redrawn line on a terminal, a line a minute
// off it, an object a second with --json, nothing with -q.
import { formatBytes, formatCount } from './figures.ts'
import type { Io } from './io.ts'

const redrawMs = 200
/** The first object comes within the first second of the process, start-up included. */
const firstJsonMs = 500
const jsonMs = 1000
const firstLineMs = 30_000
const nextLineMs = 60_000

export interface ProgressOptions {
  readonly io: Io
  readonly isQuiet: boolean
  readonly isJson: boolean
  /** What is being worked on. */
  readonly target: string
  /** Bytes in all, if known. */
  readonly totalBytes: number | undefined
}

/** How much is done; what is known of the whole only later overrides what was known at the start. */
export interface Done {
  readonly bytes: number
  readonly lines: number
  readonly totalBytes?: number | undefined
}

/** One status object. */
export interface ProgressDocument {
  readonly kind: 'progress'
  readonly v: 1
  readonly target: string
  readonly bytes: number
  readonly lines: number
  readonly totalBytes?: number | undefined
  readonly elapsedMs: number
}

export class Progress {
  readonly #options: ProgressOptions
  readonly #startMs: number
  #nextMs: number
  #isLineOpen = false

  constructor(options: ProgressOptions) {
    this.#options = options
    this.#startMs = options.io.nowMs()
    const isRedrawn = options.io.isErrTerminal && !options.isJson
    this.#nextMs = this.#startMs + (isRedrawn ? 0 : options.isJson ? firstJsonMs : firstLineMs)
  }

  /** Call as often as you like. */
  update(done: Done): void {
    const { io, isQuiet, isJson } = this.#options
    if (isQuiet) return
    const nowMs = io.nowMs()
    if (nowMs < this.#nextMs) return
    const isRedrawn = io.isErrTerminal && !isJson
    this.#nextMs = nowMs + (isRedrawn ? redrawMs : isJson ? jsonMs : nextLineMs)
    if (isJson) return io.say(`${this.#document(done, nowMs)}\n`)
    io.say(isRedrawn ? `\r\x1b[K${this.#sentence(done, nowMs)}` : `${this.#sentence(done, nowMs)}\n`)
    this.#isLineOpen = isRedrawn
  }

  /** Clears the redrawn line; the next update draws it again. */
  end(): void {
    if (this.#isLineOpen) this.#options.io.say('\r\x1b[K')
    this.#isLineOpen = false
  }

  #sentence(done: Done, nowMs: number): string {
    const { target } = this.#options
    const totalBytes = done.totalBytes ?? this.#options.totalBytes
    const seconds = Math.max(0.001, (nowMs - this.#startMs) / 1000)
    const rate = done.bytes / seconds
    const share =
      totalBytes === undefined || totalBytes === 0 ? '' : `  ${Math.floor((done.bytes / totalBytes) * 100)} %`
    const left = totalBytes === undefined || rate === 0 ? '' : `  ${Math.ceil((totalBytes - done.bytes) / rate)} s left`
    return `${target}  ${formatCount(done.lines)} lines  ${formatBytes(done.bytes)}${share}  ${formatBytes(rate)}/s${left}`
  }

  #document(done: Done, nowMs: number): string {
    const { target } = this.#options
    const { bytes, lines, totalBytes = this.#options.totalBytes } = done
    const elapsedMs = nowMs - this.#startMs
    const document: ProgressDocument = { kind: 'progress', v: 1, target, bytes, lines, totalBytes, elapsedMs }
    return JSON.stringify(document)
  }
}
