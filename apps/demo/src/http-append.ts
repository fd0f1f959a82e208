// Appends over plain HTTP, as any language could: NDJSON drafts out, NDJSON outcomes back (PROTOCOL.md §6). The drafts
// carry their identity, so whoever has no answer may send them again.
import { setTimeout as delay } from 'node:timers/promises'

const deadlineMs = 30_000
const retryDelayMs = 100

/** A receipt, or why there is none. */
export interface DraftOutcome {
  readonly seq?: number
  readonly durable?: string
  readonly error?: { readonly code: string; readonly message: string }
}

/** One outcome per draft, in order. A draft that is refused does not keep the others out. */
export async function postDrafts(ledger: string, drafts: readonly string[]): Promise<readonly DraftOutcome[]> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    try {
      return await postOnce(ledger, drafts)
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`append to ${ledger} failed`, { cause: error })
      await delay(retryDelayMs)
    }
  }
}

async function postOnce(ledger: string, drafts: readonly string[]): Promise<readonly DraftOutcome[]> {
  const response = await fetch(`${process.env['DEMO_HTTP_URL']}/v1/ledgers/${ledger}/append`, {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env['DEMO_TOKEN']}`, 'content-type': 'application/x-ndjson' },
    body: `${drafts.join('\n')}\n`,
  })
  const text = await response.text()
  const outcomes: DraftOutcome[] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  if (outcomes.length !== drafts.length) throw new Error(`HTTP ${response.status} ${text}`)
  return outcomes
}
