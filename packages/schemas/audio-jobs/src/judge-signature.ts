// Whether a record is signed as the configuration demands. Keys come from there and never from the file: a forger would
// bring his own (formats §5.3).
import type { ObjectNode } from '@ledgerd/canonical'
import type { Breach } from '@ledgerd/schema'
import type { VerifyEd25519 } from './ed25519.ts'
import { readSign } from './sign-member.ts'

export interface SignaturePolicy {
  /** Whether every record must carry a signature. */
  readonly isRequired: boolean
  /** One of them must have signed. Empty: signatures are read, but not verified. */
  readonly publicKeys: readonly Uint8Array[]
  /** Undefined where the platform cannot verify at once. */
  readonly verifyNow: VerifyEd25519 | undefined
}

/**
 * E: `sign-missing`, `sign-format`, `sign-digest-mismatch`, `sign-invalid`. W: `sign-scheme-unknown`. What was not
 * verified is `sign-unchecked`: I, or W where signatures are required.
 */
export function judgeSignature(record: ObjectNode, policy: SignaturePolicy): readonly Breach[] {
  const { isRequired, publicKeys, verifyNow } = policy
  const reading = readSign(record)
  switch (reading.kind) {
    case 'unsigned':
      return isRequired ? [missing('The record is not signed; this ledger requires it.')] : []
    case 'unknown-scheme':
      return [
        schemeUnknown(reading.scheme),
        ...(isRequired ? [missing('No signature that this version can check.')] : []),
      ]
    case 'malformed':
      return reading.breaches
    case 'signed': {
      const { message, signature, breaches } = reading
      if (publicKeys.length === 0 || verifyNow === undefined) return [...breaches, unchecked(policy)]
      return publicKeys.some((key) => verifyNow(message, signature, key)) ? breaches : [...breaches, signInvalid]
    }
  }
}

export const signInvalid: Breach = {
  code: 'sign-invalid',
  severity: 'E',
  path: '/sign/sig',
  rule: 'sign-invalid',
  message: 'The signature is by none of the configured keys over this record.',
}

export function schemeUnknown(scheme: string | undefined): Breach {
  const found = scheme === undefined ? {} : { found: scheme }
  const message = 'The signature follows a scheme that this version does not know.'
  return { code: 'sign-scheme-unknown', severity: 'W', path: '/sign/scheme', expected: '1', ...found, message }
}

function missing(message: string): Breach {
  return { code: 'sign-missing', severity: 'E', path: '/sign', rule: 'sign-missing', message }
}

function unchecked({ isRequired, publicKeys }: SignaturePolicy): Breach {
  const reason = publicKeys.length === 0 ? 'no public key is configured' : 'this platform verifies only by promise'
  const severity = isRequired ? 'W' : 'I'
  return { code: 'sign-unchecked', severity, path: '/sign', message: `The signature was not verified: ${reason}.` }
}
