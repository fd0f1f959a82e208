// Drafts sealed into the lines of a ledger that does not exist yet, with the same writer and invariants as the daemon's.
import type { LedgerSchema } from '@ledgerd/schema'

/** The bytes of the new ledger. Throws what admission throws. */
export function sealDrafts(
  schema: LedgerSchema,
  ledger: string,
  drafts: readonly string[],
  timeMs: number,
): Uint8Array {
  const writer = schema.openWriter({ ledger })
  const rules = schema.openRules?.({ ledger })
  const lines = drafts.map((draft, seq) => {
    const admitted = writer.admit(Buffer.from(draft))
    const stamp = rules?.take(admitted, { seq, timeMs }).stamp ?? { seq, timeMs }
    const target = new Uint8Array(admitted.lineBytesMax)
    return target.subarray(0, writer.seal(admitted, stamp, target, 0))
  })
  return Buffer.concat(lines)
}
