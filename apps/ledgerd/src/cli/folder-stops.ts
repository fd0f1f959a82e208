// Which ledgers a daemon has stopped, asked over the socket in its data folder: beside a running daemon files alone do not
// tell. It is asked once for a folder, and who does not answer is not waited for long.
import { LedgerError } from '@ledgerd/schema/errors'
import { daemonAddress } from './daemon-address.ts'
import { statOfLedger, stoppedOf } from './daemon-stat.ts'
import { httpCall } from './http-call.ts'
import type { Io } from './io.ts'
import { noticesOn } from './notice.ts'
import type { Stopped } from './stats-document.ts'

const askTimeoutMs = 5000

export interface StoppedLedger {
  readonly ledger: string
  readonly reason: string
  readonly since?: string
  readonly remedy?: string
}

/** `absent`: nobody serves the folder. `silent`: somebody does, and does not answer in time. */
export type FolderStops = readonly StoppedLedger[] | 'absent' | 'silent'

/** Asks the daemon on a folder which of its ledgers are stopped. */
export async function stopsOfFolder(
  folder: string,
  signal: AbortSignal,
  timeoutMs: number = askTimeoutMs,
): Promise<FolderStops> {
  try {
    const answer = await httpCall(daemonAddress({ data: folder }, {}), {
      method: 'GET',
      path: '/readyz',
      timeoutMs,
      signal,
    })
    return (JSON.parse(answer.body.toString()) as { readonly stopped?: readonly StoppedLedger[] }).stopped ?? []
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    if (error.code === 'UNREACHABLE') return 'absent'
    if (error.code === 'DEADLINE') return 'silent'
    throw error
  }
}

/** Remembers the answer for each folder; says once on stderr that there was none. */
export class KnownStops {
  readonly #io: Io
  readonly #flags: { readonly quiet?: boolean }
  readonly #timeoutMs: number
  /** By folder; each is asked for when its first ledger is, and kept for the others. */
  readonly #known: Map<string, Promise<FolderStops>> = new Map()

  constructor(io: Io, flags: { readonly quiet?: boolean }, timeoutMs: number = askTimeoutMs) {
    this.#io = io
    this.#flags = flags
    this.#timeoutMs = timeoutMs
  }

  /** Why the daemon on the folder has stopped the ledger, in its words; undefined when it has not, or does not say. */
  async of(folder: string, ledger: string): Promise<Stopped | undefined> {
    const known = this.#known.get(folder) ?? this.#ask(folder)
    this.#known.set(folder, known)
    const stops = await known
    if (typeof stops === 'string' || !stops.some((stop) => stop.ledger === ledger)) return undefined
    const { url } = daemonAddress({ data: folder }, {})
    return stoppedOf(await statOfLedger(ledger, { ...this.#flags, url }, this.#io))
  }

  async #ask(folder: string): Promise<FolderStops> {
    const stops = await stopsOfFolder(folder, this.#io.interrupted, this.#timeoutMs)
    const sayNotice = noticesOn(this.#io, this.#flags)
    if (stops === 'silent')
      sayNotice(`the daemon on ${folder} does not answer; which ledgers it has stopped is not known`)
    return stops
  }
}
