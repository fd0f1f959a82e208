// The real daemon, in its own process, as `ledgerd serve` starts it: on a free port of the loopback address and the
// local socket of its data folder.
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Household } from './household.ts'

export const command: string = fileURLToPath(new URL('../../ledgerd/bin/ledgerd.cjs', import.meta.url))

const startTimeoutMs = 20_000
const pollMs = 25

export interface RunningDaemon {
  readonly child: ChildProcess
  readonly port: number
  /** For HTTP, with the token. */
  readonly httpUrl: string
  /** For the SDK; who can open the socket is the owner, so it asks for no token. */
  readonly socketPath: string
  readonly token: string
}

/** Starts the daemon and waits until it takes appends; on a free port, or on one it had before. */
export async function startDaemon(household: Household, dataFolder: string, oldPort?: number): Promise<RunningDaemon> {
  const port = oldPort ?? (await freePort())
  // No socket but the one in the data folder: the usual place may belong to a daemon in earnest.
  const args = [command, 'serve', dataFolder, '--listen', String(port), '--socket', '']
  const child = household.startProgram('ledgerd', process.execPath, args, process.env)
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (log = `${log}${chunk}`.slice(-4000)))
  const httpUrl = `http://127.0.0.1:${port}`
  const deadline = Date.now() + startTimeoutMs
  while (!(await isReady(httpUrl))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the daemon did not start\n${log}`)
    await delay(pollMs)
  }
  const token = (await readFile(join(dataFolder, '.ledgerd', 'token'), 'utf8')).trim()
  return { child, port, httpUrl, socketPath: join(dataFolder, '.ledgerd', 'sock'), token }
}

async function isReady(httpUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${httpUrl}/readyz`)).ok
  } catch {
    // Nothing listens yet; the caller asks again until its deadline.
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
