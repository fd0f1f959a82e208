// One process that the bench started, and stops by its pid. What it says is kept for the case that it dies.
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { invariant } from '@ledgerd/schema'

const saidBytesMax = 16 << 10
const stopTimeoutMs = 20_000

const running = new Set<ServerProcess>()

/** Kills what is still running. For the way out of a failed or interrupted run. */
export function killAllServers(): void {
  for (const server of running) server.kill()
}

export class ServerProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #said = ''

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.#child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#ended = once(this.#child, 'close').finally(() => running.delete(this))
    this.#ended.catch(() => undefined) // Asked for again, and then reported, by whoever waits.
    running.add(this)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said = (this.#said + chunk.toString()).slice(-saidBytesMax)
      })
    }
  }

  get pid(): number {
    invariant(this.#child.pid !== undefined, 'a spawned process has a pid')
    return this.#child.pid
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Asks `isReady` until it says yes. Rejects with the last words of a process that ends before. */
  async waitUntil(isReady: () => Promise<boolean> | boolean, timeoutMs = 30_000, everyMs = 20): Promise<void> {
    for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await delay(everyMs)) {
      if (this.hasEnded) throw new Error(`${this.#child.spawnfile} ended early:\n${this.#said}`)
      if (await isReady()) return
    }
    throw new Error(`${this.#child.spawnfile} was not ready in ${timeoutMs} ms:\n${this.#said}`)
  }

  /** SIGTERM (or the server's own polite signal), then SIGKILL when that is not heard. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.hasEnded) return
    this.#child.kill(signal)
    const alarm = setTimeout(() => this.kill(), stopTimeoutMs)
    await this.#ended
    clearTimeout(alarm)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Memory of the process in bytes, from /proc; undefined where there is none. */
  residentBytes(): number | undefined {
    if (process.platform !== 'linux') return undefined
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  }
}
