// What a body is as a whole when no line of it is a draft. A person who sends an array, or what `jq` prints for eyes, is told
// so once, and not what is wrong with each of its lines.
import { parse } from '@ledgerd/canonical'
import { LedgerError } from '@ledgerd/schema/errors'

export interface WholeBodyOptions {
  /** Lines that are not blank. */
  readonly lineCount: number
  /** Containers within each other, an array around the drafts included. */
  readonly depthMax: number
}

const LF = 0x0a

/** REQUEST_INVALID or VALUE_REFUSED; undefined where each line says best what is wrong with it. */
export function wholeBodyFlaw(body: Uint8Array, { lineCount, depthMax }: WholeBodyOptions): LedgerError | undefined {
  const parsed = parse(body, { depthMax })
  if (parsed.ok) {
    const { root } = parsed
    if (root.kind === 'array' && root.items.length > 0) return noLines('a JSON array', "jq -c '.[]'")
    return root.kind === 'object' && lineCount > 1 ? noLines('JSON over several lines', 'jq -c .') : undefined
  }
  if (parsed.code !== 'glued-records') return undefined
  if (lineCount === 1) return glued(parsed.offset - (body.lastIndexOf(LF, parsed.offset) + 1))
  const first = Buffer.from(body.subarray(0, parsed.offset)).toString('latin1').trim()
  return first.includes('\n') ? noLines('JSON over several lines', 'jq -c .') : undefined
}

function noLines(found: string, command: string): LedgerError {
  return new LedgerError(
    'REQUEST_INVALID',
    `the body is ${found}; send NDJSON, one draft per line, as ${command} writes it`,
  )
}

/** The engine says the same, but does not know curl. */
function glued(offset: number): LedgerError {
  const sentence = `a second value begins at byte ${offset} of the line; send one draft per line, a file with curl --data-binary: -d takes its line feeds away`
  return new LedgerError('VALUE_REFUSED', sentence, { details: { reason: 'glued-records', offset } })
}
