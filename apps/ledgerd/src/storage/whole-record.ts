// Tells a record from what a torn write leaves, whatever family it is of.
import { parse } from '@ledgerd/canonical'

/** True for one JSON object, whatever it holds: a torn one never closes. */
export function isWholeRecord(line: Uint8Array): boolean {
  const result = parse(line, { allowNonFinite: true })
  if (result.ok) return result.root.kind === 'object'
  return result.code === 'too-deep' || result.code === 'number-too-long'
}
