// What runs in a thread of `ledgerd verify --jobs`: checks one file after the other, as it is asked, and says what each came
// to. Prints nothing and reads nothing but files; its thread is ended from outside.
import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '@ledgerd/schema/errors'
import type { Done } from './progress.ts'
import type { CheckContext } from './verify-check.ts'
import { checkFile } from './verify-file.ts'
import { formatFailure, outcomeOf } from './verify-outcome.ts'
import { openStore } from './verify-store.ts'
import type { ThreadAnswer, ThreadRequest, ThreadSettings } from './verify-thread.ts'

/** Often enough for a line that is redrawn five times a second. */
const progressMs = 100

invariant(parentPort !== null, 'this module is the entry of a thread')
const port = parentPort
const { flags, nowMs } = workerData as ThreadSettings
const interrupted = new AbortController()
const store = flags.artifacts === undefined ? undefined : await openStore(flags.artifacts)
let nextMs = 0
const context: CheckContext = { nowMs, signal: interrupted.signal, store, onProgress }

port.on('message', (request: ThreadRequest) => {
  if (request.kind === 'stop') interrupted.abort()
  else
    void outcomeOf(() => checkFile(request.target, flags, context)).then((outcome) =>
      answer({ kind: 'outcome', outcome }),
    )
})

function onProgress(done: Done): void {
  const atMs = performance.now()
  if (atMs < nextMs) return
  nextMs = atMs + progressMs
  answer({ kind: 'progress', done })
}

/** A report that cannot be sent, such as one that a schema package has put a function into, is a defect like others. */
function answer(message: ThreadAnswer): void {
  try {
    port.postMessage(message)
  } catch (error) {
    port.postMessage({ kind: 'outcome', outcome: { failure: formatFailure(error) } } satisfies ThreadAnswer)
  }
}
