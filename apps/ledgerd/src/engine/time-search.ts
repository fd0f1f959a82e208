// Where a time begins in a ledger. Timestamps go backwards between processes in adopted files, so the answer is the first
// line from which no line within the window searched is earlier: a binary search, then a walk back over stragglers.
import type { LedgerSchema } from '@ledgerd/schema'

const walkBackMax = 1024

/** The first line that is not earlier than `timeMs`; `count` when all are. File order decides, time only finds the place. */
export async function seqAtTime(
  timeMs: number,
  count: number,
  schema: LedgerSchema,
  readLine: (seq: number) => Promise<Uint8Array | undefined>,
): Promise<number> {
  const isEarlier = async (seq: number): Promise<boolean> => {
    for (let at = seq; at >= 0 && seq - at < walkBackMax; at--) {
      const line = await readLine(at)
      const lineMs = line === undefined ? undefined : schema.timeMsOf(line)
      if (lineMs !== undefined) return lineMs < timeMs
    }
    return true
  }
  let low = 0
  let high = count
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (await isEarlier(middle)) low = middle + 1
    else high = middle
  }
  let first = low
  for (let at = low - 1; at >= 0 && low - at <= walkBackMax; at--) if (!(await isEarlier(at))) first = at
  return first
}
