// The strict scanner: bytes to a token-preserving tree, or the code and offset of what is wrong. It is iterative and
// never throws on content; whatever a line holds, the answer is a ParseResult.
import { JsonReader } from './json-reader.ts'
import type { ParseOptions, ParseResult, ScanFailure, ScanFailureCode } from './parse-result.ts'
import { findUtf8Fault } from './utf8-fault.ts'

/**
 * Reads one JSON text (RFC 8259), blanks around it allowed. Encoding is judged first, over all bytes, then BOM and NUL,
 * then grammar. Memory grows with the input, by a constant factor; bound the input first (16 MiB in formats §1.2).
 */
export function parse(bytes: Uint8Array, options: ParseOptions = {}): ParseResult {
  const text = decode(bytes)
  if (text === undefined) return failure('invalid-utf8', findUtf8Fault(bytes), 'not well-formed UTF-8')
  if (text.charCodeAt(0) === 0xfeff) return failure('bom', 0, 'starts with a byte order mark')
  // Looked for in the text, which is the faster search; it is hardly ever there.
  const nul = text.includes('\0') ? bytes.indexOf(0) : -1
  if (nul >= 0) return failure('nul-bytes', nul, 'holds a NUL byte')
  return new JsonReader(text, options).read()
}

/** BOM kept, so that it can be refused. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    // The decoder does not say where; the caller finds the place. Well-formed bytes can only fail to be a string at all
    // by exceeding the engine's string length, which is the caller's bound to keep.
    if (findUtf8Fault(bytes) < 0) throw error
    return undefined
  }
}

function failure(code: ScanFailureCode, offset: number, message: string): ScanFailure {
  return { ok: false, code, offset, message: `${message} at byte ${offset}` }
}
