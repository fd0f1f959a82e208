// The threads of `ledgerd verify --jobs`: hands files out in their order, keeps what comes back until it is its turn, and
// answers for every file it was given, also for one whose thread ended over it.
import type { Done } from './progress.ts'
import type { FileTarget } from './verify-check.ts'
import type { Outcome } from './verify-outcome.ts'
import type { StartThread, Thread, ThreadSettings } from './verify-thread.ts'

/** Files that may be begun before the one whose turn it is has its answer: what is kept of reports is bounded by it. */
const aheadMax = 64

export interface PoolOptions {
  readonly files: readonly FileTarget[]
  /** Threads at a time. */
  readonly jobs: number
  readonly settings: ThreadSettings
  readonly startThread: StartThread
  /** When aborted, files under way end early and no other is begun. */
  readonly signal: AbortSignal
  readonly onProgress: (file: number, done: Done) => void
}

/** One thread and the file it is at. */
interface Seat {
  readonly thread: Thread
  file: number | undefined
}

interface Turn {
  readonly answer: Promise<Outcome | undefined>
  readonly resolve: (outcome: Outcome | undefined) => void
}

export class VerifyPool implements AsyncDisposable {
  readonly #options: PoolOptions
  readonly #seats = new Set<Seat>()
  /** By file, from the first that has not been taken to the last that may be begun. */
  readonly #turns = new Map<number, Turn>()
  /** The next file to be begun. */
  #next = 0
  #taken = 0
  readonly #stop = (): void => this.#stopAll()

  /** Begins at once. */
  constructor(options: PoolOptions) {
    this.#options = options
    options.signal.addEventListener('abort', this.#stop)
    this.#handOut()
  }

  /** What the check of a file came to; undefined if it was never begun. Ask in the order of the files, once for each. */
  async take(file: number): Promise<Outcome | undefined> {
    const outcome = await this.#turnOf(file).answer
    this.#turns.delete(file)
    this.#taken = file + 1
    this.#handOut()
    return outcome
  }

  /** Ends every thread, whatever it is doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#stop)
    this.#next = this.#options.files.length
    await Promise.all([...this.#seats].map(({ thread }) => thread.end()))
  }

  #turnOf(file: number): Turn {
    const known = this.#turns.get(file)
    if (known !== undefined) return known
    let resolve: Turn['resolve'] = () => undefined
    const answer = new Promise<Outcome | undefined>((settle) => (resolve = settle))
    if (this.#options.signal.aborted && file >= this.#next) resolve(undefined)
    const turn = { answer, resolve }
    this.#turns.set(file, turn)
    return turn
  }

  #handOut(): void {
    const { files, jobs, signal } = this.#options
    while (!signal.aborted && this.#next < Math.min(files.length, this.#taken + aheadMax)) {
      const seat = [...this.#seats].find(({ file }) => file === undefined) ?? this.#sitDown(jobs)
      if (seat === undefined) return
      seat.file = this.#next++
      seat.thread.check(files[seat.file] as FileTarget)
    }
  }

  /** A new thread, if there may be one more. */
  #sitDown(jobs: number): Seat | undefined {
    if (this.#seats.size >= jobs) return undefined
    const { settings, startThread, onProgress } = this.#options
    const seat: Seat = {
      file: undefined,
      thread: startThread(settings, {
        onProgress: (done) => {
          if (seat.file !== undefined) onProgress(seat.file, done)
        },
        onOutcome: (outcome) => this.#settle(seat, outcome),
        onEnd: (why) => {
          this.#seats.delete(seat)
          const sentence = `the thread that checked it ended before it had an answer: ${why}`
          this.#settle(seat, { failure: { kind: 'defect', sentence, stack: undefined } })
        },
      }),
    }
    this.#seats.add(seat)
    return seat
  }

  #settle(seat: Seat, outcome: Outcome): void {
    const { file } = seat
    if (file === undefined) return
    seat.file = undefined
    if ('report' in outcome) {
      const { bytes, lines } = outcome.report
      this.#options.onProgress(file, { bytes, lines: lines ?? 0 })
    }
    this.#turnOf(file).resolve(outcome)
    this.#handOut()
  }

  #stopAll(): void {
    for (const { thread, file } of this.#seats) if (file !== undefined) thread.stop()
    for (const [file, { resolve }] of this.#turns) if (file >= this.#next) resolve(undefined)
  }
}
