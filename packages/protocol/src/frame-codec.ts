// Frames to bytes and back (PROTOCOL.md §3). What decodes is valid: every member known to the protocol has its kind, the
// body has the length its header implies. Only the number of LFs in a body of lines is left to `splitLines`, for the
// reader walks those bytes anyway.
import { LedgerError } from '@ledgerd/schema/errors'
import { clientFrameRules } from './client-frames.ts'
import type { ClientFrame } from './client-frames.ts'
import { daemonFrameRules } from './daemon-frames.ts'
import type { Ack, DaemonFrame } from './daemon-frames.ts'
import type { BodyKind, Field, Header } from './frame-rules.ts'
import { scanHeader } from './header-scan.ts'

export const frameHeaderBytesMax: number = 65_535
export const frameBodyBytesMax: number = 1 << 20
/** A frame with the longest header and body; what a socket's message limit should be. */
export const frameBytesMax: number = frameHeaderBytesMax + 1 + frameBodyBytesMax
/** 64 hex digits and LF. */
export const leafHashBytes: number = 65

export interface DecodeOptions<Direction extends 'from-client' | 'from-daemon'> {
  readonly direction: Direction
  readonly headerBytesMax?: number
  readonly bodyBytesMax?: number
}

/** A frame as received. `body` is a view into the received bytes. */
export interface DecodedFrame<Frame> {
  readonly header: Frame
  readonly body: Uint8Array
}

interface AnyRule {
  readonly required: Readonly<Record<string, Field>>
  readonly optional: Readonly<Record<string, Field>>
  readonly body: BodyKind
  together?(header: Header): string | undefined
}

interface CompiledRule {
  readonly rule: AnyRule
  readonly required: readonly (readonly [string, Field])[]
  readonly optional: readonly (readonly [string, Field])[]
}

const LF = 0x0a
const emptyBody = new Uint8Array(0)
const utf8 = new TextEncoder()
const rules = { 'from-client': compile(clientFrameRules), 'from-daemon': compile(daemonFrameRules) } as const

/** One message: the header, LF, the body. Throws FRAME_INVALID if header or body is over the protocol's limit. */
export function encodeFrame(header: ClientFrame | DaemonFrame, body: Uint8Array = emptyBody): Uint8Array {
  const text = JSON.stringify(header)
  if (body.length > frameBodyBytesMax) throw refusal(header.t, `a body of ${body.length} bytes is over the limit`)
  let frame = new Uint8Array(text.length + 1 + body.length)
  const written = utf8.encodeInto(text, frame)
  let headerBytes = written.written
  if (written.read < text.length || headerBytes !== text.length) {
    const encoded = utf8.encode(text)
    headerBytes = encoded.length
    frame = new Uint8Array(headerBytes + 1 + body.length)
    frame.set(encoded)
  }
  if (headerBytes > frameHeaderBytesMax) throw refusal(header.t, `a header of ${headerBytes} bytes is over the limit`)
  frame[headerBytes] = LF
  frame.set(body, headerBytes + 1)
  return frame
}

/** Reads one message. Throws FRAME_INVALID with a message that says where; nothing else. */
export function decodeFrame(bytes: Uint8Array, options: DecodeOptions<'from-client'>): DecodedFrame<ClientFrame>
export function decodeFrame(bytes: Uint8Array, options: DecodeOptions<'from-daemon'>): DecodedFrame<DaemonFrame>
export function decodeFrame(
  bytes: Uint8Array,
  options: DecodeOptions<'from-client' | 'from-daemon'>,
): DecodedFrame<ClientFrame | DaemonFrame> {
  const headerBytesMax = options.headerBytesMax ?? frameHeaderBytesMax
  const headerBytes = bytes.indexOf(LF)
  if (headerBytes > headerBytesMax || (headerBytes < 0 && bytes.length > headerBytesMax)) {
    throw refusal(undefined, `the header is over ${headerBytesMax} bytes`)
  }
  if (headerBytes < 0) throw refusal(undefined, 'no LF ends the header')
  const scan = scanHeader(bytes, headerBytes)
  if (!scan.ok) throw refusal(undefined, scan.flaw)
  const { header } = scan
  const type = header['t']
  const compiled = typeof type === 'string' ? rules[options.direction].get(type) : undefined
  if (compiled === undefined) throw refusal(undefined, `"t" is no frame type ${options.direction.replace('-', ' a ')}`)
  const flaw = headerFlaw(compiled, header)
  if (flaw !== undefined) throw refusal(type, flaw)
  const body = bytes.subarray(headerBytes + 1)
  const bodyBytesMax = options.bodyBytesMax ?? frameBodyBytesMax
  if (body.length > bodyBytesMax) throw refusal(type, `the body is over ${bodyBytesMax} bytes`)
  const wrongBody = bodyFlaw(compiled.rule.body, header, body)
  if (wrongBody !== undefined) throw refusal(type, wrongBody)
  return { header: header as unknown as ClientFrame | DaemonFrame, body }
}

/**
 * The lines of a body, without their LF, as views. Throws FRAME_INVALID unless there are exactly `n` and the last one
 * is ended.
 */
export function splitLines(body: Uint8Array, n: number): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(LF, at)
    if (end < 0 || lines.length === n) break
    lines.push(body.subarray(at, end))
    at = end + 1
    if (lines.length === n && at === body.length) return lines
  }
  throw refusal(undefined, `the body must be ${n} lines, each ended by LF`)
}

function compile(table: Readonly<Record<string, AnyRule>>): ReadonlyMap<string, CompiledRule> {
  const compiled = new Map<string, CompiledRule>()
  for (const [type, rule] of Object.entries(table)) {
    compiled.set(type, { rule, required: Object.entries(rule.required), optional: Object.entries(rule.optional) })
  }
  return compiled
}

function headerFlaw(compiled: CompiledRule, header: Header): string | undefined {
  for (const [name, field] of compiled.required) {
    if (!Object.hasOwn(header, name)) return `"${name}" is missing`
    if (!field.isValid(header[name])) return `"${name}" must be ${field.want}`
  }
  for (const [name, field] of compiled.optional) {
    if (Object.hasOwn(header, name) && !field.isValid(header[name])) return `"${name}" must be ${field.want}`
  }
  return compiled.rule.together?.(header)
}

function bodyFlaw(kind: BodyKind, header: Header, body: Uint8Array): string | undefined {
  if (kind === 'none') return body.length === 0 ? undefined : 'the frame has no body'
  if (kind === 'leaf-hashes') {
    let total = 0
    for (const ack of header['acks'] as readonly Ack[]) total += ack[2]
    return body.length === total * leafHashBytes ? undefined : `the body must be ${total} leaf hashes`
  }
  const n = (header['n'] as number | undefined) ?? 1
  if (body.length < n) return `the body must be ${n} lines`
  return body[body.length - 1] === LF ? undefined : 'the last line of the body is not ended by LF'
}

function refusal(type: unknown, flaw: string): LedgerError {
  const frame = typeof type === 'string' ? `${type} frame` : 'frame'
  return new LedgerError('FRAME_INVALID', `${frame}: ${flaw}`)
}
