// The two hashes of an RFC 6962 tree (proofs §2). The prefix byte keeps leaves and nodes apart.
import { sha256 } from '@ledgerd/canonical'

/** The root of the tree without leaves: H(""). */
export const emptyRoot: Uint8Array = sha256(new Uint8Array(0))

/** A copy beside the prefix is cheaper than a second call into the digest, up to the longest line ledgerd seals. */
const scratch = new Uint8Array(1 + 65_535)
const nodeScratch = new Uint8Array(65)
nodeScratch[0] = 0x01

/** H(0x00 ‖ line): the leaf of a line, given without its LF. Raw bytes, nothing trimmed or decoded (proofs §1). */
export function leafHash(line: Uint8Array): Uint8Array {
  const length = line.length + 1
  const prefixed = length <= scratch.length ? scratch.subarray(0, length) : new Uint8Array(length)
  prefixed.set(line, 1)
  return sha256(prefixed)
}

/** H(0x01 ‖ left ‖ right). Throws RangeError if either is not 32 bytes long. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== 32 || right.length !== 32) throw new RangeError('a tree hash is 32 bytes long')
  nodeScratch.set(left, 1)
  nodeScratch.set(right, 33)
  return sha256(nodeScratch)
}
