// `#ed25519` everywhere but Node, browsers above all: WebCrypto, which answers by promise. Checkers there say
// `sign-unchecked` unless their configuration brings a verifier of its own; `verifySignature` works everywhere.
import { pkcs8Of, spkiOf } from './ed25519.ts'
import type { Ed25519 } from './ed25519.ts'

const algorithm = 'Ed25519'

export const ed25519: Ed25519 = {
  verifyNow: undefined,
  async verify(message, signature, publicKey) {
    const { subtle } = globalThis.crypto
    const key = await subtle.importKey('spki', spkiOf(publicKey), algorithm, false, ['verify'])
    return subtle.verify(algorithm, key, Uint8Array.from(signature), Uint8Array.from(message))
  },
  async sign(message, privateKey) {
    const { subtle } = globalThis.crypto
    const key = await subtle.importKey('pkcs8', pkcs8Of(privateKey), algorithm, false, ['sign'])
    return new Uint8Array(await subtle.sign(algorithm, key, Uint8Array.from(message)))
  },
}
