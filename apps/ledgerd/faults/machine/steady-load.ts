// Game servers and replay tools that outlive every fault of their daemon: real clients append and follow without a pause, and
// write down each receipt and each line they are shown. What they wrote down is the evidence a disk is judged by.
import { connect, LedgerError } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import type { KeptReceipt, SeenLine } from '@ledgerd/testkit'
import { translation } from '../../test/turns.ts'
import { idIn } from '../posting-client.ts'

export interface SteadyLoadOptions {
  readonly socket: string
  readonly ledgers: readonly string[]
  readonly writersPerLedger: number
  readonly random: () => number
  /** The disk fails under the daemon: what a stopped ledger refuses is sent again until an operator has restarted it. */
  readonly isStopExpected?: boolean
}

/** A game server's handle on one ledger. */
export type World = ReturnType<typeof openWorld>

/** How long a client tries again before it gives up: longer than any fault of a suite. */
const deadlineMs = 180_000
const batchMax = 12
const textMax = 6000
const pauseMaxMs = 60
const lookMs = 5
const insistMs = 50
/** What a daemon says whose disk was shut down under it. */
const refusals: ReadonlySet<string> = new Set(['LEDGER_STOPPED', 'INTERNAL', 'INTEGRITY_BROKEN', 'LEDGER_NOT_FOUND'])

export class SteadyLoad {
  readonly evidence: { readonly receipts: KeptReceipt[]; readonly followers: SeenLine[][] } = {
    receipts: [],
    followers: [],
  }
  /** Identities that were ever sent. */
  readonly sent: Set<string> = new Set()
  /** What a client said when it gave up. */
  readonly failures: string[] = []
  readonly #worlds: readonly World[]
  readonly #random: () => number
  readonly #isStopExpected: boolean
  readonly #running: Promise<void>[] = []
  #isOver = false

  private constructor({ socket, ledgers, random, isStopExpected = false }: SteadyLoadOptions) {
    this.#random = random
    this.#isStopExpected = isStopExpected
    this.#worlds = ledgers.map((ledger) => openWorld(ledger, socket))
  }

  static start(options: SteadyLoadOptions): SteadyLoad {
    const load = new SteadyLoad(options)
    for (const world of load.#worlds) {
      for (let writer = 0; writer < options.writersPerLedger; writer++)
        load.#running.push(load.#noting(load.#write(world, writer)))
      void load.#noting(load.#follow(world))
    }
    return load
  }

  /** Connections that were made again. */
  get reconnects(): number {
    return this.#worlds.reduce((sum, world) => sum + world.stats().reconnects, 0)
  }

  /** Resolves once a receipt came that was not there before, or a client gave up. */
  async moved(): Promise<void> {
    const { receipts } = this.evidence
    const before = receipts.length
    while (receipts.length === before && this.failures.length === 0) await pause(lookMs)
  }

  /** Resolves once every client knows that its daemon is gone: then each answer that ever left it is written down. */
  async cutOff(): Promise<void> {
    while (this.#worlds.some((world) => world.stats().connection === 'open')) await pause(lookMs)
  }

  /** Ends the writers once each has its receipts, then everything. */
  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#running)
    await Promise.all(this.#worlds.map((world) => world.close()))
  }

  /** Gives everything up. */
  abort(): void {
    this.#isOver = true
    for (const world of this.#worlds) world.abort('the suite is over')
  }

  async #write(world: World, writer: number): Promise<void> {
    const random = this.#random
    for (let n = 0; !this.#isOver; ) {
      const batch = Array.from({ length: 1 + Math.floor(random() * batchMax) }, () => {
        const id = idIn(`${world.id}#${writer}`, n++)
        this.sent.add(id)
        const turn = translation(`writer-${writer}`, n)
        const text = 'so '.repeat((random() ** 4 * textMax) / 3)
        return this.#insist(() =>
          world.append('chat.translation', { ...turn, ic_output: `${turn.ic_output} ${text}` }, { id }),
        )
      })
      // Each receipt counts, also when another draft of its batch is given up.
      for (const answer of await Promise.allSettled(batch)) {
        if (answer.status === 'rejected') throw answer.reason
        this.evidence.receipts.push(answer.value)
      }
      await pause(random() * pauseMaxMs)
    }
  }

  async #follow(world: World): Promise<void> {
    const seen: SeenLine[] = []
    this.evidence.followers.push(seen)
    await this.#insist(async () => {
      for await (const { ledger, seq, line } of world.lines({ follow: true, from: seen.length }))
        seen.push({ ledger, seq, line: Uint8Array.from(line) })
    })
  }

  /** Does it again where a failing disk is expected to refuse it for good. */
  async #insist<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;)
      try {
        return await work()
      } catch (error) {
        if (!this.#isStopExpected || this.#isOver || !(error instanceof LedgerError) || !refusals.has(error.code))
          throw error
        await pause(insistMs)
      }
  }

  async #noting(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => {
      if (!this.#isOver) this.failures.push(String(error))
    })
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

/** Connects as a game server that waits patiently. */
export function openWorld(ledger: string, socket: string) {
  const url = `unix:${socket}`
  return connect({ ledger, schema: worldEvents, url, deadlineMs, retryDelayMinMs: 5, retryDelayMaxMs: 40 })
}
