// Ed25519 (RFC 8032) as this package asks for it, and keys in the forms that the platforms take. The mathematics is the
// platform's: node:crypto in Node, WebCrypto elsewhere, chosen by the package's "imports".
import { LedgerError } from '@ledgerd/schema'

/** True if the signature of 64 bytes over the message is that of the public key of 32 bytes. */
export type VerifyEd25519 = (message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array) => boolean

export interface Ed25519 {
  /** For checkers, which do not wait; undefined where the platform can only answer later. */
  readonly verifyNow: VerifyEd25519 | undefined
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): Promise<boolean>
  /** `privateKey` is the seed of 32 bytes (RFC 8032 §5.1.5). */
  sign(message: Uint8Array, privateKey: Uint8Array): Promise<Uint8Array>
}

export const keyBytes = 32

// The DER of RFC 8410 before the 32 bytes of a key; the platforms take no bare ones.
const publicKeyPrefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
const privateKeyPrefix = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]

/** SubjectPublicKeyInfo of a public key. */
export function spkiOf(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...publicKeyPrefix, ...publicKey])
}

/** PKCS #8 of a private key. */
export function pkcs8Of(privateKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...privateKeyPrefix, ...privateKey])
}

/** Reads a public key as it stands in a configuration: 64 lower-case hex digits. Throws CONFIG_INVALID. */
export function parsePublicKey(hex: string): Uint8Array {
  if (typeof hex !== 'string' || !/^[0-9a-f]{64}$/.test(hex))
    throw new LedgerError('CONFIG_INVALID', 'An ed25519 public key is 64 lower-case hex digits, without prefix.', {
      details: { setting: 'publicKeys' },
    })
  return Uint8Array.from({ length: keyBytes }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}
