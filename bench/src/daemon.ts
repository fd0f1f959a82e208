// Starts the built ledgerd on a data folder, the way an operator would: `ledgerd serve DIR` and two addresses.
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { ServerProcess } from './server-process.ts'

/** The built command line. */
export const ledgerdProgram: string = createRequire(import.meta.url).resolve('ledgerd/dist/cli/main.js')

/** What the second sync of a commit covers; `none` is one sync, as the peers have it. */
export type SecondSync = 'head' | 'same' | 'none'

export interface DaemonOptions {
  readonly dataFolder: string
  readonly secondSync: SecondSync
  readonly profileFolder?: string | undefined
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[]
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Further flags of `serve`. */
  readonly flags?: readonly string[]
}

export interface Daemon {
  readonly server: ServerProcess
  /** The address for clients: the local socket, which asks for no token. */
  readonly url: string
  /** On 127.0.0.1. */
  readonly port: number
  /** From the spawn until /readyz said 200. */
  readonly readyMs: number
}

/** Starts a daemon and waits until it takes appends. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { dataFolder, secondSync, profileFolder, nodeFlags = [], env = {}, flags: furtherFlags = [] } = options
  const socket = join(dataFolder, 'd.sock')
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  const flags = ['--listen', address, '--socket', socket, '--second-sync', secondSync, ...furtherFlags]
  const began = performance.now()
  const args = [...profiling, ...nodeFlags, ledgerdProgram, 'serve', dataFolder, ...flags]
  const server = new ServerProcess(process.execPath, args, {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16', ...env },
  })
  await server.waitUntil(() => isReady(`http://${address}/readyz`), 120_000, 5)
  return { server, url: `unix:${socket}`, port, readyMs: performance.now() - began }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false // Not listening yet; the caller asks again.
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
