// The processes of the demo. Whatever happens, each one that was started is ended, and no other. They are detached so
// that Ctrl-C in the terminal reaches the demo alone, which then ends them in order.
import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Message } from './message.ts'

const graceMs = 5000

export class Household {
  readonly #children = new Set<ChildProcess>()
  #failed: (error: Error) => void = () => {}
  /** Rejects as soon as a process ends in a way nobody asked for. */
  readonly accident: Promise<never> = new Promise((_, reject) => {
    this.#failed = reject
  })

  constructor() {
    // Whoever waits for it hears of it; before that it is not an unhandled rejection.
    this.accident.catch(() => undefined)
  }

  /** Starts another part of the demo with an IPC channel. */
  startPart(file: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const path = fileURLToPath(new URL(file, import.meta.url))
    return this.#adopt(file, fork(path, args, { env, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
  }

  /** Starts a program whose output the caller reads. */
  startProgram(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    return this.#adopt(name, spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }))
  }

  /** Ends every process that is left: first politely, after a grace without asking. */
  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.end(child)))
  }

  /** Ends a process as a power cut would: without a word. */
  async kill(child: ChildProcess): Promise<void> {
    this.#children.delete(child)
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  async end(child: ChildProcess): Promise<void> {
    if (!this.#children.delete(child) || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs)
    await exit
    clearTimeout(impatience)
  }

  #adopt(name: string, child: ChildProcess): ChildProcess {
    this.#children.add(child)
    child.once('error', (cause) => this.#failed(new Error(`${name} did not start`, { cause })))
    child.once('exit', (code, signal) => {
      const isExpected = !this.#children.delete(child) || code === 0
      if (!isExpected) this.#failed(new Error(`${name} ended early (${signal ?? `exit ${code}`})`))
    })
    return child
  }
}

/** The next message of one kind from a part of the demo. */
export function receive<Kind extends Message['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<Message, { kind: Kind }>> {
  return new Promise((resolve) => {
    const listen = (message: unknown): void => {
      if ((message as Message).kind !== kind) return
      child.off('message', listen)
      resolve(message as Extract<Message, { kind: Kind }>)
    }
    child.on('message', listen)
  })
}
