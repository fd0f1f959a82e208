// Reads a frame header strictly (PROTOCOL.md §3): one JSON object in UTF-8, no repeated key, no depth over 8. The grammar
// is JSON.parse's own; what JSON.parse would forgive (a repeated key) or spend itself on (depth) is found by one pass
// over the raw bytes before it: the colons outside strings count the members of the text, and a text with more members
// than its parsed value has repeated one. No flaw quotes the header, which may hold a token.
import type { Header } from './frame-rules.ts'

export const headerDepthMax: number = 8

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export type HeaderScan = { readonly ok: true; readonly header: Header } | { readonly ok: false; readonly flaw: string }

/** Parses the header in bytes[0, end). Never throws on content. */
export function scanHeader(bytes: Uint8Array, end: number): HeaderScan {
  const shape = shapeOf(bytes, end)
  if (shape.depth > headerDepthMax) return refused(`nesting over ${headerDepthMax} levels`)
  let value: unknown
  try {
    value = JSON.parse(shape.isAscii && end <= 512 ? asciiText(bytes, end) : utf8.decode(bytes.subarray(0, end)))
  } catch (error) {
    return refused(error instanceof SyntaxError ? 'the header is not valid JSON' : 'the header is not valid UTF-8')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused('the header is no JSON object')
  const isUnique = Object.keys(value).length === shape.memberCount || membersOf(value) === shape.memberCount
  return isUnique ? { ok: true, header: value as Header } : refused('a key is repeated')
}

function refused(flaw: string): HeaderScan {
  return { ok: false, flaw }
}

interface HeaderShape {
  depth: number
  memberCount: number
  isAscii: boolean
}

function shapeOf(bytes: Uint8Array, end: number): HeaderShape {
  let open = 0
  let depth = 0
  let memberCount = 0
  let isInString = false
  let bits = 0
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] as number
    bits |= byte
    if (isInString) {
      if (byte === 0x22) isInString = false
      else if (byte === 0x5c) at += 1
    } else if (byte === 0x22) {
      isInString = true
    } else if (byte === 0x3a) {
      memberCount += 1
    } else if (byte === 0x7b || byte === 0x5b) {
      open += 1
      if (open > depth) depth = open
    } else if (byte === 0x7d || byte === 0x5d) {
      open -= 1
    }
  }
  return { depth, memberCount, isAscii: bits < 0x80 }
}

/** Short headers are the hot ones, and a decoder call costs more than their text. */
function asciiText(bytes: Uint8Array, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(0, end) as unknown as number[])
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) {
    let sum = 0
    for (const item of value) sum += membersOf(item)
    return sum
  }
  const members = Object.values(value)
  let sum = members.length
  for (const member of members) sum += membersOf(member)
  return sum
}
