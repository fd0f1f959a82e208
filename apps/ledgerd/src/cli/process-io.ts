// The real thing behind Io: this process's streams, clock, environment and signals.
import process from 'node:process'
import { ClosedPipe } from './cli-error.ts'
import type { Io } from './io.ts'

/** Call once. From then on SIGINT and SIGTERM abort instead of killing; a second one kills. */
export function processIo(): Io {
  let isClosed = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    isClosed = true
  })
  // Talk that nobody reads is lost, and nothing else.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return {
    stdin: process.stdin,
    write: async (bytes) => {
      if (isClosed) throw new ClosedPipe()
      const isTaken = await writeOut(bytes)
      if (!isTaken) throw new ClosedPipe()
    },
    say: (text) => void process.stderr.write(text),
    isOutTerminal: process.stdout.isTTY === true,
    isErrTerminal: process.stderr.isTTY === true,
    env: process.env,
    nowMs: Date.now,
    interrupted: signalsAsAbort(),
  }
}

function writeOut(bytes: Uint8Array | string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error === null || error === undefined) resolve(true)
      else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false)
      else reject(error)
    })
  })
}

function signalsAsAbort(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(name))
  return controller.signal
}
