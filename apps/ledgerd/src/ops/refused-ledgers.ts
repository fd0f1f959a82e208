// Ledgers that this daemon cannot write because of their schema: opened at the start, so that whoever watches readiness
// learns of them before the first append does. In slices with pauses, so that a daemon over many ledgers serves meanwhile.

export interface RefusedParts {
  readonly ledgers: readonly string[]
  readonly isRefused: (ledger: string) => Promise<boolean>
  /** Makes its stop known. */
  readonly open: (ledger: string) => Promise<unknown>
  readonly onWarning: (ledger: string, sentence: string) => void
  readonly later: (delayMs: number, task: () => void) => unknown
  /** Nobody needs to know any more: the daemon is on its way out. */
  readonly isOver: () => boolean
}

/** Looked at before the daemon serves; those behind come while it does. */
const beforeServing = 64
const slice = 32
/** Ten thousand take some seconds, and a quarter of the event loop. */
const pauseMs = 10

/** Settles when the first few are looked at; `rest` goes on with the others. */
export async function openRefused(parts: RefusedParts): Promise<{ readonly rest: () => Promise<void> }> {
  const { ledgers, later, isOver } = parts
  await look(parts, 0, beforeServing)
  const rest = async (): Promise<void> => {
    for (let at = beforeServing; at < ledgers.length; at += slice) {
      await new Promise<void>((resolve) => void later(pauseMs, resolve))
      if (isOver()) return
      await look(parts, at, at + slice)
    }
  }
  return { rest }
}

async function look({ ledgers, isRefused, open, onWarning }: RefusedParts, from: number, to: number): Promise<void> {
  for (const ledger of ledgers.slice(from, to))
    try {
      if (await isRefused(ledger)) await open(ledger)
    } catch (error) {
      onWarning(ledger, String(error))
    }
}
