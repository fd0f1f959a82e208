// The bench process's end of one load process.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Load, LoadSession, Measured } from './contender.ts'
import type { LoadAnswer, LoadOrder } from './load-process.ts'

const program = fileURLToPath(new URL('./load-process.js', import.meta.url))

export interface LoadClientOptions {
  readonly contender: string
  readonly target: string
  readonly recordedFolder: string
  readonly seed: number
  /** Where to leave a CPU profile of the load process; undefined for none. */
  readonly profileFolder: string | undefined
}

const running = new Set<ChildProcess>()

/** Kills the load processes that are still running. For the way out of a failed or interrupted run. */
export function killAllLoads(): void {
  for (const child of running) child.kill('SIGKILL')
}

export class LoadClient implements LoadSession {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts a load process and waits until it has opened its contender. */
  static async open(options: LoadClientOptions): Promise<LoadClient> {
    const { contender, target, recordedFolder, seed, profileFolder } = options
    const child = fork(program, [contender, target, recordedFolder, String(seed)], {
      execArgv: profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    const client = new LoadClient(child)
    await client.#answer()
    return client
  }

  async run(load: Load): Promise<Measured> {
    this.#child.send({ kind: 'run', load } satisfies LoadOrder)
    const answer = await this.#answer()
    if (answer.kind !== 'measured') throw new Error(`The load process answered ${answer.kind} to a run.`)
    return answer.measured
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.send({ kind: 'close' } satisfies LoadOrder)
    await ended
  }

  /** The next message, or the death of the process as an error. */
  #answer(): Promise<LoadAnswer> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => {
        this.#child.off('message', onMessage)
        reject(new Error(`A load process ended with ${code ?? 'a signal'}; its error is above.`))
      }
      const onMessage = (answer: LoadAnswer): void => {
        this.#child.off('exit', onExit)
        if (answer.kind === 'failed') reject(new Error(answer.message))
        else resolve(answer)
      }
      this.#child.once('message', onMessage)
      this.#child.once('exit', onExit)
    })
  }
}
