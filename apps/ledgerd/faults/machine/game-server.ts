// A game server that keeps what it owes: identity and content of each draft, stored before it is sent, so that whatever
// became of it can be sent again unchanged until there is a receipt.
import type { KeptReceipt } from '@ledgerd/testkit'
import { LedgerError } from '@ledgerd/client'
import { translation } from '../../test/turns.ts'
import { idIn } from '../posting-client.ts'
import { openWorld, type World } from './steady-load.ts'

interface OwedDraft {
  readonly id: string
  readonly text: string
}

/** What became of a batch. */
export interface SendResult {
  readonly receipts: readonly KeptReceipt[]
  readonly refusals: readonly LedgerError[]
}

export class GameServer {
  /** Every receipt it was ever given. */
  readonly receipts: KeptReceipt[] = []
  /** Identities that were ever sent. */
  readonly ids: Set<string> = new Set()
  readonly #socket: string
  readonly #worlds: Map<string, World> = new Map()
  readonly #drafts: Map<string, OwedDraft[]> = new Map()

  constructor(socket: string) {
    this.#socket = socket
  }

  /** Sends `count` new drafts of about `textBytes` each at once: they become one group, if the ledger is idle. */
  async send(ledger: string, count: number, textBytes: number): Promise<SendResult> {
    const drafts = this.#drafts.get(ledger) ?? []
    this.#drafts.set(ledger, drafts)
    const fresh = Array.from({ length: count }, (_, at) => ({
      id: idIn(`${ledger}#`, drafts.length + at),
      text: `${drafts.length + at} ${'so '.repeat(textBytes / 3)}`,
    }))
    drafts.push(...fresh)
    return await this.#deliver(ledger, fresh)
  }

  /** Sends everything of a ledger again, as after a restart of either side. */
  async sendAgain(ledger: string): Promise<SendResult> {
    return await this.#deliver(ledger, this.#drafts.get(ledger) ?? [])
  }

  /** Ledgers it has sent anything to. */
  get ledgers(): string[] {
    return [...this.#drafts.keys()]
  }

  /** Gives up what is under way. */
  close(): void {
    for (const world of this.#worlds.values()) world.abort('the suite is over')
    this.#worlds.clear()
  }

  async #deliver(ledger: string, drafts: readonly OwedDraft[]): Promise<SendResult> {
    const world = this.#worlds.get(ledger) ?? openWorld(ledger, this.#socket)
    this.#worlds.set(ledger, world)
    const answers = drafts.map(({ id, text }) => {
      this.ids.add(id)
      return world.append('chat.translation', { ...translation('server', 0), ic_output: text }, { id })
    })
    const receipts: KeptReceipt[] = []
    const refusals: LedgerError[] = []
    for (const answer of await Promise.allSettled(answers)) {
      if (answer.status === 'fulfilled') receipts.push(answer.value)
      else if (answer.reason instanceof LedgerError) refusals.push(answer.reason)
      else throw answer.reason
    }
    this.receipts.push(...receipts)
    return { receipts, refusals }
  }
}
