// A thread of `ledgerd verify --jobs`, as the pool sees it and as it is: what goes in, what comes out, and how it ends. The
// code that runs in it is verify-thread-main.ts.
import { Worker } from 'node:worker_threads'
import type { Done } from './progress.ts'
import type { CheckFlags, FileTarget } from './verify-check.ts'
import type { Outcome } from './verify-outcome.ts'

export interface ThreadEvents {
  readonly onProgress: (done: Done) => void
  /** The check asked for last has come to this. */
  readonly onOutcome: (outcome: Outcome) => void
  /** The thread is gone, asked or not. Said once; nothing comes after it. */
  readonly onEnd: (why: string) => void
}

export interface Thread {
  /** Asks for one check; the next one may be asked for when its outcome is here. */
  check(target: FileTarget): void
  /** Ends the check early, with a report of what it covered. */
  stop(): void
  /** Ends the thread, whatever it is doing. */
  end(): Promise<void>
}

export type StartThread = (settings: ThreadSettings, events: ThreadEvents) => Thread

/** What a thread is told once, at its start. */
export interface ThreadSettings {
  readonly flags: CheckFlags
  readonly nowMs: number
}

export type ThreadRequest = { readonly kind: 'check'; readonly target: FileTarget } | { readonly kind: 'stop' }
export type ThreadAnswer =
  | { readonly kind: 'progress'; readonly done: Done }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }

/** Run from source, the thread is the built one and takes no flags of the test runner: nothing would read TypeScript to it. */
const isSource = import.meta.url.endsWith('.ts')
const entry = new URL(`${isSource ? '../../dist/cli' : '.'}/verify-thread-main.js`, import.meta.url)

/** Starts a thread of this process. One that cannot be started ends at once. */
export const startThread: StartThread = (settings, events) => {
  try {
    return threadOf(new Worker(entry, { workerData: settings, ...(isSource ? { execArgv: [] } : {}) }), events)
  } catch (error) {
    setImmediate(() => events.onEnd((error as Error).message))
    return { check: () => undefined, stop: () => undefined, end: () => Promise.resolve() }
  }
}

function threadOf(worker: Worker, { onProgress, onOutcome, onEnd }: ThreadEvents): Thread {
  let why: string | undefined
  worker.on('message', (answer: ThreadAnswer) => {
    if (answer.kind === 'progress') onProgress(answer.done)
    else onOutcome(answer.outcome)
  })
  worker.on('error', (error: NodeJS.ErrnoException) => {
    why ??= error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : error.message
  })
  worker.on('exit', (code) => onEnd(why ?? `it ended with code ${code}`))
  // A worker is no window: it takes no origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const ask = (request: ThreadRequest): void => worker.postMessage(request)
  return {
    check: (target) => ask({ kind: 'check', target }),
    stop: () => ask({ kind: 'stop' }),
    end: async () => void (await worker.terminate()),
  }
}
