// The grammar of ledger ids (PROTOCOL.md §1). An id is also a relative path of the data folder, so whatever passes here
// holds no `..`, no empty segment, no separator but `/`, and nothing that a shell or a URL would spell differently.
import { LedgerError } from '@ledgerd/schema/errors'

export const ledgerIdCharactersMax: number = 255
export const ledgerIdSegmentsMax: number = 8

const segment = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/
const deviceName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i

/** True if `id` is a well-formed ledger id; such a ledger may exist. */
export function isLedgerId(id: string): boolean {
  return flawOf(id) === undefined
}

/** Passes a well-formed id. Throws LEDGER_ID_INVALID with the reason. */
export function checkLedgerId(id: string): void {
  const flaw = flawOf(id)
  if (flaw !== undefined) throw refusal(id, flaw)
}

/**
 * Passes an id that a new ledger may take: well-formed, and safe as a file name on every platform. That no existing id
 * differs only by case is the caller's to check, who knows the others. Throws LEDGER_ID_INVALID.
 */
export function checkNewLedgerId(id: string): void {
  checkLedgerId(id)
  const segments = id.split('/')
  for (const [index, name] of segments.entries()) {
    if (name.endsWith('.')) throw refusal(id, `segment "${name}" ends in a dot`)
    if (deviceName.test(name)) throw refusal(id, `segment "${name}" is the name of a Windows device`)
    if (index < segments.length - 1 && name.toLowerCase().endsWith('.jsonl')) {
      throw refusal(id, `folder "${name}" has the name of a ledger file`)
    }
  }
}

function flawOf(id: string): string | undefined {
  if (id.length === 0) return 'it is empty'
  if (id.length > ledgerIdCharactersMax) return `it is longer than ${ledgerIdCharactersMax} characters`
  const segments = id.split('/')
  if (segments.length > ledgerIdSegmentsMax) return `it has more than ${ledgerIdSegmentsMax} segments`
  for (const [index, name] of segments.entries()) {
    if (!segment.test(name)) {
      return `segment ${index + 1} must be 1 to 128 of A-Z a-z 0-9 _ . - and start with a letter or digit`
    }
  }
  return undefined
}

function refusal(id: string, flaw: string): LedgerError {
  return new LedgerError('LEDGER_ID_INVALID', `${JSON.stringify(id.slice(0, 300))} is no ledger id: ${flaw}`, {
    details: { ledger: id.slice(0, 300) },
  })
}
