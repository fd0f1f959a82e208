// Signing for writers, and verifying for readers that hold one line and the keys they trust (formats §5.3).
import { ed25519 } from '#ed25519'
import { formatValue, parse, ValueRefused } from '@ledgerd/canonical'
import type { NumberPlan } from '@ledgerd/canonical'
import { compileNumberPlan, LedgerError, placeRefused, schemaInvalid } from '@ledgerd/schema'
import type { Breach } from '@ledgerd/schema'
import { keyBytes, parsePublicKey } from './ed25519.ts'
import { schemeUnknown, signInvalid } from './judge-signature.ts'
import { formatSign, readSign } from './sign-member.ts'
import type { Sign } from './sign-member.ts'
import { window } from './window.ts'

const encoder = new TextEncoder()
const plan: NumberPlan = compileNumberPlan(window.model)

/**
 * The same record with `sign`, under scheme 1. The signature covers `ts`, so the record must have one, and the spelling
 * of numbers: what is signed as 64 is not 64.0. `privateKey` is the seed of 32 bytes. Errors: SCHEMA_INVALID without
 * `ts`, VALUE_REFUSED for what no line can hold, CONFIG_INVALID for another key.
 */
export async function signRecord<Data extends { readonly ts?: string | undefined }>(
  record: Data,
  privateKey: Uint8Array,
): Promise<Data & { readonly sign: Sign }> {
  if (privateKey.length !== keyBytes)
    throw new LedgerError('CONFIG_INVALID', `An ed25519 private key is a seed of ${keyBytes} bytes.`)
  if (record.ts === undefined)
    throw schemaInvalid('window', [{ path: '/data/ts', message: 'Required: a signature covers the time' }])
  const message = encoder.encode(messageText({ ...record, sign: undefined }))
  const sign = formatSign(message, await ed25519.sign(message, privateKey))
  return { ...record, sign }
}

/** What is known of a line's signature: its breaches are those of a checker, with codes of docs/findings.md. */
export interface SignatureVerdict {
  readonly state: 'valid' | 'invalid' | 'unsigned' | 'unknown-scheme'
  /** The key that signed, as given. */
  readonly publicKey: string | undefined
  readonly breaches: readonly Breach[]
}

/**
 * Verifies the signature of one line, without LF, under any of the public keys (64 hex digits each), on every platform.
 * Errors: EVENT_INVALID if the line is no JSON object, CONFIG_INVALID for a malformed key.
 */
export async function verifySignature(line: Uint8Array, publicKeys: readonly string[]): Promise<SignatureVerdict> {
  const keys = publicKeys.map((text) => ({ text, bytes: parsePublicKey(text) }))
  const result = parse(line, { allowNonFinite: true })
  if (!result.ok || result.root.kind !== 'object')
    throw new LedgerError('EVENT_INVALID', 'The line is no record.', { details: { path: '' } })
  const nobody = { publicKey: undefined, breaches: [] }
  const repeated = result.findings.find(({ code }) => code === 'duplicate-key')
  if (repeated !== undefined) return { ...nobody, state: 'invalid', breaches: [duplicateKey(repeated.path)] }
  const reading = readSign(result.root)
  switch (reading.kind) {
    case 'unsigned':
      return { ...nobody, state: 'unsigned' }
    case 'unknown-scheme':
      return { ...nobody, state: 'unknown-scheme', breaches: [schemeUnknown(reading.scheme)] }
    case 'malformed':
      return { ...nobody, state: 'invalid', breaches: reading.breaches }
    case 'signed': {
      const { message, signature, breaches } = reading
      for (const { text, bytes } of keys)
        if (await ed25519.verify(message, signature, bytes))
          return { state: breaches.length === 0 ? 'valid' : 'invalid', publicKey: text, breaches }
      return { ...nobody, state: 'invalid', breaches: [...breaches, signInvalid] }
    }
  }
}

/** The signature is over the last of repeated members; other readers may take the first. */
function duplicateKey(path: string): Breach {
  return {
    code: 'duplicate-key',
    severity: 'E',
    path,
    message: 'A key is repeated; the signature covers its last value only.',
  }
}

/** `sign: undefined` stands for no signature; every other member that is undefined is refused, as in a draft. */
function messageText(signed: Readonly<Record<string, unknown>>): string {
  const record = Object.fromEntries(Object.entries(signed).filter(([key]) => key !== 'sign'))
  try {
    return formatValue(record, 'python-compact', { plan })
  } catch (error) {
    if (!(error instanceof ValueRefused)) throw error
    throw placeRefused({ reason: error.reason, path: `/data${error.path}` }, error.detail)
  }
}
