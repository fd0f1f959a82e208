// `#ed25519` on Node: node:crypto, which verifies at once. OpenSSL refuses signatures whose second half is not reduced
// (RFC 8032 §5.1.7), so that a signature cannot be varied without its key.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { pkcs8Of, spkiOf } from './ed25519.ts'
import type { Ed25519, VerifyEd25519 } from './ed25519.ts'

type PublicKeyObject = ReturnType<typeof createPublicKey>

/** Taking a key in costs more than a verification, and a ledger has few keys. */
const keyObjects: WeakMap<Uint8Array, PublicKeyObject> = new WeakMap()

const verifyNow: VerifyEd25519 = (message, signature, publicKey) => {
  let key = keyObjects.get(publicKey)
  if (key === undefined) {
    key = createPublicKey({ key: Buffer.from(spkiOf(publicKey)), format: 'der', type: 'spki' })
    keyObjects.set(publicKey, key)
  }
  return verify(null, message, key, signature)
}

export const ed25519: Ed25519 = {
  verifyNow,
  verify: (message, signature, publicKey) => Promise.resolve(verifyNow(message, signature, publicKey)),
  sign(message, privateKey) {
    const key = createPrivateKey({ key: Buffer.from(pkcs8Of(privateKey)), format: 'der', type: 'pkcs8' })
    return Promise.resolve(new Uint8Array(sign(null, message, key)))
  },
}
