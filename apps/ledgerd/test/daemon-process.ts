// The real daemon in a process of its own, for suites that judge it from outside: started, killed, frozen, and looked at
// through its socket and its files.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

/** Starting and ending a daemon, on a machine that has much else to do. */
export const hookTimeoutMs = 60_000

/** The daemon as built, or one with a bug in it: LEDGERD_ENTRY. */
const entry = process.env['LEDGERD_ENTRY'] ?? path.join(import.meta.dirname, '../bin/ledgerd.cjs')

export interface DaemonExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** No daemon outlives the suite that started it, however that ends: a hook that fails takes those after it along. */
const running = new Set<ChildProcess>()
const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL')
}
afterAll(killAll)
process.on('exit', killAll)

export class DaemonProcess {
  readonly child: ChildProcess
  readonly exited: Promise<DaemonExit>
  #said = ''
  #log = ''

  private constructor(child: ChildProcess) {
    this.child = child
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString()
    })
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString()
      this.#log += chunk.toString('latin1')
    })
    running.add(child)
    this.exited = once(child, 'exit').then(([code, signal]) => {
      running.delete(child)
      return { code, signal } as DaemonExit
    })
  }

  /** Starts a daemon on `folder` without waiting for it; `environment` is added to this process's own. */
  static spawn(
    folder: string,
    socket: string,
    args: readonly string[] = [],
    environment: NodeJS.ProcessEnv = {},
  ): DaemonProcess {
    if (!fs.existsSync(entry)) throw new Error(`${entry} is not built; run: pnpm build`)
    const argv = [entry, 'serve', folder, '--listen', '0', '--socket', socket, ...args]
    const env = { ...process.env, ...environment }
    return new DaemonProcess(spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], env }))
  }

  /** Starts a daemon and waits until it serves. */
  static async start(
    folder: string,
    socket: string,
    args: readonly string[] = [],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<DaemonProcess> {
    const daemon = DaemonProcess.spawn(folder, socket, args, environment)
    await daemon.whenSaid('"serving"')
    return daemon
  }

  /** The port it listens on, once it has said that it is serving. */
  get port(): number {
    const port = /"url":"https?:\/\/127\.0\.0\.1:(\d+)"/.exec(this.#said)?.[1]
    if (port === undefined) throw new Error(`the daemon has not said its port: ${this.#said}`)
    return Number(port)
  }

  /** Everything it wrote to stdout and stderr. */
  get said(): string {
    return this.#said
  }

  /** Resolves once the daemon has written this; rejects when it ends before. */
  async whenSaid(words: string): Promise<void> {
    const { stdout, stderr } = this.child
    while (!this.#said.includes(words)) {
      const next = Promise.race([
        once(stdout as NodeJS.ReadableStream, 'data'),
        once(stderr as NodeJS.ReadableStream, 'data'),
      ])
      const ended = await Promise.race([next.then(() => undefined), this.exited])
      if (ended !== undefined) throw new Error(`the daemon ended (${ended.code ?? ended.signal}): ${this.#said}`)
    }
  }

  /** Its log: stdout, byte by byte. */
  get log(): string {
    return this.#log
  }

  async kill(signal: NodeJS.Signals): Promise<DaemonExit> {
    this.child.kill(signal)
    return await this.exited
  }
}

/** A folder that is removed afterwards, and a short path for a socket beside it. */
export function scratch(): { readonly folder: string; readonly socket: string; remove(): void } {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-'))
  const folder = path.join(root, 'data')
  return { folder, socket: path.join(root, 's'), remove: () => fs.rmSync(root, { recursive: true, force: true }) }
}
