// A process that calls `once`, as a test holds it: told to go on, killed, listened to.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import readline from 'node:readline'
import type { OnceOutcome } from '@ledgerd/client'
import { afterAll } from 'vitest'

const script = path.join(import.meta.dirname, 'once-worker.mjs')
const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

export interface OnceTask {
  readonly socket: string
  readonly ledger: string
  readonly key: string
  readonly input?: Readonly<Record<string, unknown>>
  /** The file in which every run of the effect leaves the number of its attempt. */
  readonly effects: string
  /** Default: succeeds at once. */
  readonly effect?: 'when-told' | 'fails'
  readonly takeOverMs?: number
  /** Waits for the end of an effect that another process runs. */
  readonly isWaiting?: boolean
}

export type OnceWord =
  | { readonly said: 'ready' }
  | { readonly said: 'began'; readonly attempt: number }
  | { readonly said: 'outcome'; readonly outcome: OnceOutcome<{ readonly sentBy: number }> }
  | { readonly said: 'refused'; readonly code: string; readonly message: string }

export class OnceProcess {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  readonly #words: OnceWord[] = []
  #complaints = ''
  #wake: () => void = () => undefined

  constructor(task: OnceTask) {
    const child = spawn(process.execPath, [script, JSON.stringify(task)], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.child = child
    running.add(child)
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      this.#words.push(JSON.parse(line) as OnceWord)
      this.#wake()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      this.#complaints += chunk.toString()
    })
    this.ended = once(child, 'close').then(() => {
      running.delete(child)
      this.#wake()
    })
  }

  /** Lets the process go on: into `once`, and into the end of an effect that waits to be told. */
  goOn(): void {
    this.child.stdin?.write('\n')
  }

  /** The word of this kind; undefined if the process ended without it. */
  async hear<Said extends OnceWord['said']>(said: Said): Promise<Extract<OnceWord, { said: Said }> | undefined> {
    for (;;) {
      const word = this.#words.find((one) => one.said === said)
      if (word !== undefined) return word as Extract<OnceWord, { said: Said }>
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        await this.ended
        return this.#words.find((one) => one.said === said) as Extract<OnceWord, { said: Said }> | undefined
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.child.once('exit', () => resolve())
      })
    }
  }

  /** What came out. Throws with what the process complained of if nothing did. */
  async outcome(): Promise<OnceOutcome<{ readonly sentBy: number }>> {
    const word = await Promise.race([this.hear('outcome'), this.hear('refused')])
    if (word?.said === 'outcome') return word.outcome
    throw new Error(`no outcome: ${JSON.stringify(word)} ${this.#complaints}`)
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}
