// The member `sign` of a record under scheme 1 (formats §5.3): `sha256:` and the digest, `ed25519:` and the signature,
// both over the `python-compact` text of the record without it.
import { formatNode, sha256Hex } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import type { Breach } from '@ledgerd/schema'
import { textOf } from './node-facts.ts'

/** What a record says about its signature, before any key is asked. */
export type SignReading =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'unknown-scheme'; readonly scheme: string | undefined }
  | { readonly kind: 'malformed'; readonly breaches: readonly Breach[] }
  | {
      readonly kind: 'signed'
      /** What was signed. */
      readonly message: Uint8Array
      readonly signature: Uint8Array
      /** `sign-digest-mismatch` if the digest is not that of the message. */
      readonly breaches: readonly Breach[]
    }

export interface Sign {
  readonly sha256: string
  readonly sig: string
}

const encoder = new TextEncoder()

/** Reads `sign` and the text it stands for. */
export function readSign(record: ObjectNode): SignReading {
  const sign = memberNode(record, 'sign')
  if (sign === undefined) return { kind: 'unsigned' }
  if (sign.kind !== 'object') return { kind: 'malformed', breaches: [formatBreach('', 'an object')] }
  const scheme = memberNode(sign, 'scheme')
  if (scheme !== undefined && !isSchemeOne(scheme)) return { kind: 'unknown-scheme', scheme: schemeText(scheme) }
  const digest = textOf(memberNode(sign, 'sha256')) ?? ''
  const signature = decodeSignature(textOf(memberNode(sign, 'sig')) ?? '')
  const breaches = [
    ...(digestPattern.test(digest) ? [] : [formatBreach('/sha256', 'sha256: and 64 lower-case hex digits')]),
    ...(signature === undefined ? [formatBreach('/sig', 'ed25519: and 64 bytes in padded base64')] : []),
  ]
  if (breaches.length > 0 || signature === undefined) return { kind: 'malformed', breaches }
  const text = formatNode(record, 'python-compact', { omit: 'sign' })
  if (!text.ok) return { kind: 'malformed', breaches: [digestBreach(undefined, digest)] }
  const message = encoder.encode(text.text)
  const expected = digestOf(message)
  return { kind: 'signed', message, signature, breaches: expected === digest ? [] : [digestBreach(expected, digest)] }
}

/** The member for a message and the signature over it. */
export function formatSign(message: Uint8Array, signature: Uint8Array): Sign {
  return { sha256: digestOf(message), sig: `ed25519:${btoa(String.fromCharCode(...signature))}` }
}

const digestPattern = /^sha256:[0-9a-f]{64}$/
/** 64 bytes in base64: the last digit before the padding holds two bits, the other four must be zero. */
const signaturePattern = /^ed25519:([A-Za-z0-9+/]{85}[AQgw]==)$/

function digestOf(message: Uint8Array): string {
  return `sha256:${sha256Hex(message)}`
}

function decodeSignature(text: string): Uint8Array | undefined {
  const base64 = signaturePattern.exec(text)?.[1]
  return base64 === undefined ? undefined : Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
}

function isSchemeOne(node: JsonNode): boolean {
  return node.kind === 'number' && node.lexeme === '1'
}

function schemeText(node: JsonNode): string | undefined {
  return node.kind === 'number' ? node.lexeme : textOf(node)
}

function formatBreach(path: string, want: string): Breach {
  return { code: 'sign-format', severity: 'E', path: `/sign${path}`, message: `sign${path} must be ${want}.` }
}

function digestBreach(expected: string | undefined, found: string): Breach {
  const message =
    expected === undefined
      ? 'The record has no text that could be signed: it holds half a surrogate pair.'
      : 'sign.sha256 is not the digest of the record: content or spelling changed since.'
  const facts = { path: '/sign/sha256', rule: 'sign-digest-mismatch', found }
  return {
    code: 'sign-digest-mismatch',
    severity: 'E',
    ...facts,
    ...(expected === undefined ? {} : { expected }),
    message,
  }
}
