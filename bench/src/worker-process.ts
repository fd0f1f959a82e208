// The bench process's end of a worker: a forked process that obeys one order at a time (worker-orders.ts).
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WorkerMessage, WorkerRequest } from './worker-orders.ts'

export interface WorkerOptions {
  /** Module of the worker, beside this one, without its extension. */
  readonly program: 'load-process' | 'follow-process' | 'rules-process' | 'visitor-process'
  readonly args: readonly string[]
  /** Where to leave a CPU profile when it ends; undefined for none. */
  readonly profileFolder?: string | undefined
}

const running = new Set<ChildProcess>()

/** Kills the workers that still run. For the way out of a failed or interrupted run. */
export function killAllWorkers(): void {
  for (const child of running) child.kill('SIGKILL')
}

export class WorkerProcess<Order, Answer> {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts a worker and waits until it takes orders. */
  static async start<Order, Answer>(options: WorkerOptions): Promise<WorkerProcess<Order, Answer>> {
    const { program, args, profileFolder } = options
    const child = fork(fileURLToPath(new URL(`./${program}.js`, import.meta.url)), args, {
      execArgv: profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    const worker = new WorkerProcess<Order, Answer>(child)
    await worker.#nextMessage()
    return worker
  }

  /** Sends one order and waits for its answer. Rejects with the worker's own error. */
  async ask(order: Order): Promise<Answer> {
    this.#send({ kind: 'order', order })
    const message = await this.#nextMessage()
    if (message.kind !== 'answer') throw new Error(`A worker said ${message.kind} instead of answering.`)
    return message.answer
  }

  /** Lets it close what it opened, and waits for its end. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#send({ kind: 'close' })
    await ended
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  #send(request: WorkerRequest<Order>): void {
    this.#child.send(request)
  }

  #nextMessage(): Promise<WorkerMessage<Answer>> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => {
        this.#child.off('message', onMessage)
        reject(new Error(`A worker ended with ${code ?? 'a signal'}; what it had to say is above.`))
      }
      const onMessage = (message: WorkerMessage<Answer>): void => {
        this.#child.off('exit', onExit)
        if (message.kind === 'failed') reject(new Error(message.text))
        else resolve(message)
      }
      this.#child.once('message', onMessage)
      this.#child.once('exit', onExit)
    })
  }
}
