// Ledgers that this daemon cannot write because of their schema: opened at the start, so that whoever watches readiness
// learns of them before the first append does. In slices, so that a daemon over many ledgers serves meanwhile.
import { promisify } from 'node:util'

export interface RefusedParts {
  readonly ledgers: readonly string[]
  readonly isRefused: (ledger: string) => Promise<boolean>
  /** Makes its stop known. */
  readonly open: (ledger: string) => Promise<unknown>
  readonly onWarning: (ledger: string, sentence: string) => void
}

/** Looked at before the daemon serves; those behind come while it does. */
const beforeServing = 256
const slice = 16
const nextTurn = promisify(setImmediate)

/** Settles when the first few are looked at; `rest` goes on with the others. */
export async function openRefused(parts: RefusedParts): Promise<{ readonly rest: () => Promise<void> }> {
  await look(parts, 0, beforeServing)
  return { rest: () => look(parts, beforeServing, parts.ledgers.length) }
}

async function look({ ledgers, isRefused, open, onWarning }: RefusedParts, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += slice) {
    for (const ledger of ledgers.slice(at, Math.min(at + slice, to)))
      try {
        if (await isRefused(ledger)) await open(ledger)
      } catch (error) {
        onWarning(ledger, String(error))
      }
    await nextTurn()
  }
}
