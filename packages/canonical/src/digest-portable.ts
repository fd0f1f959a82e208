// `#digest` everywhere but Node, browsers above all: SHA-256 and SHA-1 in TypeScript, synchronous like the Node one.
import type { RunningDigest } from './running-digest.ts'
import { sha1Block } from './sha1-block.ts'
import { sha256Block } from './sha256-block.ts'

const encoder = new TextEncoder()

const initialStates = {
  sha256: [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
  sha1: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0],
} as const

/** The digest in lower-case hex. Strings are hashed as UTF-8. */
export function digestHex(algo: 'sha256' | 'sha1', data: Uint8Array | string): string {
  return hexOf(digest(algo, typeof data === 'string' ? encoder.encode(data) : data))
}

/** The digest as bytes of its own. */
export function digest(algo: 'sha256' | 'sha1', data: Uint8Array): Uint8Array {
  const state = Uint32Array.from(initialStates[algo])
  const compress = algo === 'sha256' ? sha256Block : sha1Block
  const whole = data.length - (data.length % 64)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  for (let at = 0; at < whole; at += 64) compress(state, view, at)
  return finish(state, compress, padding(data.subarray(whole), data.length))
}

/** A digest of data that comes in pieces. */
export function openDigest(algo: 'sha256' | 'sha1'): RunningDigest {
  const state = Uint32Array.from(initialStates[algo])
  const compress = algo === 'sha256' ? sha256Block : sha1Block
  const block = new Uint8Array(64)
  const blockView = new DataView(block.buffer)
  let length = 0
  return {
    update: (data) => {
      const bytes = typeof data === 'string' ? encoder.encode(data) : data
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      let at = 0
      while (at < bytes.length) {
        const filled = (length + at) % 64
        if (filled === 0 && bytes.length - at >= 64) {
          compress(state, view, at)
          at += 64
          continue
        }
        const piece = bytes.subarray(at, at + 64 - filled)
        block.set(piece, filled)
        at += piece.length
        if (filled + piece.length === 64) compress(state, blockView, 0)
      }
      length += bytes.length
    },
    hex: () => hexOf(finish(state.slice(), compress, padding(block.subarray(0, length % 64), length))),
  }
}

function finish(state: Uint32Array, compress: typeof sha256Block, padded: DataView): Uint8Array {
  for (let at = 0; at < padded.byteLength; at += 64) compress(state, padded, at)
  const bytes = new Uint8Array(state.length * 4)
  const out = new DataView(bytes.buffer)
  for (let i = 0; i < state.length; i++) out.setUint32(i * 4, state[i]!)
  return bytes
}

function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

/** The last one or two blocks: the rest of the data, 0x80, zeros, and the length in bits (FIPS 180-4 §5.1.1). */
function padding(rest: Uint8Array, length: number): DataView {
  const blocks = new Uint8Array(rest.length < 56 ? 64 : 128)
  blocks.set(rest)
  blocks[rest.length] = 0x80
  const view = new DataView(blocks.buffer)
  // Lengths pass 2^29 bytes, so the bit count is split in two words without 32-bit arithmetic on it.
  view.setUint32(blocks.length - 8, Math.floor(length / 0x2000_0000))
  view.setUint32(blocks.length - 4, (length % 0x2000_0000) * 8)
  return view
}
