// How a daemon sees one ledger, by HTTP. An id may end as other paths do (`…/lines`, `…/append`): such a ledger is asked
// for in the list, by a pattern that is its id (PROTOCOL.md §6).
import type { StatFrame } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema/errors'
import { daemonAddress, type DaemonFlags } from './daemon-address.ts'
import { errorOfAnswer, httpCall } from './http-call.ts'
import type { Io } from './io.ts'
import { noticesOn } from './notice.ts'
import type { Stopped } from './stats-document.ts'

export type DaemonStat = Omit<StatFrame, 't' | 'id'>

const timeoutMs = 30_000
const endsAsPath = /(?:^|\/)(?:append|lines|lines\/\d{1,16})$/

/** Throws LEDGER_NOT_FOUND, and what asking a daemon can throw. */
export async function statOfLedger(ledger: string, flags: DaemonFlags, io: Io): Promise<DaemonStat> {
  const path = endsAsPath.test(ledger) ? `/v1/ledgers?pattern=${ledger}` : `/v1/ledgers/${ledger}`
  const onSilence = noticesOn(io, flags)
  const call = { method: 'GET', path, timeoutMs, signal: io.interrupted, onSilence } as const
  const answer = await httpCall(daemonAddress(flags, io.env), call)
  if (answer.status !== 200) throw errorOfAnswer(answer)
  if (answer.body.length === 0)
    throw new LedgerError('LEDGER_NOT_FOUND', `there is no ledger ${ledger}; the first append creates it`)
  return JSON.parse(answer.body.toString()) as DaemonStat
}

/** Why the daemon has stopped a ledger, since when and what to do; undefined when it has not. */
export function stoppedOf({ ledger, reason, since, message, remedy }: DaemonStat): Stopped | undefined {
  if (reason === undefined) return undefined
  return {
    reason,
    since: since ?? null,
    message: message ?? '',
    remedy: remedy ?? `ledgerd verify ${ledger}`,
  }
}
