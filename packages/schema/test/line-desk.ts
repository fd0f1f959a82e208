// Drafts to lines and lines to verdicts, in one call each, for tests of any schema.
import type { AdmittedDraft, Draft, LedgerSchema, LineVerdict } from '../src/contract.ts'
import type { EventMap } from '../src/event.ts'
import { LedgerError } from '../src/errors.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const ledger = 'team/house'
export const timeMs: number = Date.UTC(2026, 1, 27, 14, 23, 1, 452)

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Admits wire text. */
export function admitText<Events extends EventMap>(schema: LedgerSchema<Events>, text: string): AdmittedDraft {
  return schema.openWriter({ ledger }).admit(encoder.encode(text))
}

/** The sealed line of a draft, without LF. */
export function sealDraft<Events extends EventMap>(
  schema: LedgerSchema<Events>,
  draft: Draft & { readonly id: string },
  atMs = timeMs,
): string {
  const writer = schema.openWriter({ ledger })
  const admitted = writer.admit(encoder.encode(schema.encodeDraft(draft)))
  const target = new Uint8Array(admitted.lineBytesMax + 7)
  const end = writer.seal(admitted, { seq: 0, timeMs: atMs }, target, 7)
  if (target[end - 1] !== 0x0a) throw new Error('a sealed line ends in LF')
  return decoder.decode(target.subarray(7, end - 1))
}

/** The verdict of a fresh checker about one line. */
export function checkLine<Events extends EventMap>(
  schema: LedgerSchema<Events>,
  line: string | Uint8Array,
  level: 'lines' | 'schema' = 'schema',
): LineVerdict {
  const bytes = typeof line === 'string' ? encoder.encode(line) : line
  return schema.openChecker({ ledger, level }).check(bytes, { line: 1, offset: 0 })
}

export function errorOf(run: () => unknown): LedgerError {
  try {
    run()
  } catch (error) {
    if (error instanceof LedgerError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
