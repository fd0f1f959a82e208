// What may lie beside a ledger file, as the verifier sees it: evidence to compare with, never to be believed unchecked.
// Whoever calls reads the bytes; nothing here touches a file.
import type { Finding } from '@ledgerd/schema'
import { type HeadRecord, isRoot, isSize, parseJson } from './head-record.ts'

/** A size and root recorded earlier. */
export interface Checkpoint {
  readonly name: 'head-record' | 'adoption' | 'daemon'
  readonly lines: number
  readonly bytes: number
  /** 64 hex digits. */
  readonly root: string
}

/** Stored leaf hashes, 32 bytes each. They locate a difference; alone they prove nothing. */
export interface StoredLeaves {
  readonly count: number
  /** Leaf hashes from line index `from`, end to end; fewer when fewer are there. */
  read(from: number, count: number): Promise<Uint8Array>
}

export interface Sidecar {
  readonly head?: HeadRecord
  readonly leaves?: StoredLeaves
  /** Why something that should be there could not be used. */
  readonly problems?: readonly string[]
}

/** What the daemon wrote down when it took over a file that it had not made. */
export interface Adoption {
  readonly lines: number
  readonly bytes: number
  /** 64 hex digits. */
  readonly root: string
  readonly findings: readonly Finding[]
}

const recordBytes = 48
const leafBytes = 32

/** Reads an adoption report; undefined when it is not one. Never throws on content. */
export function parseAdoption(file: Uint8Array): Adoption | undefined {
  const value = parseJson(new TextDecoder().decode(file))
  if (value === undefined || value['v'] !== 1) return undefined
  const { lines, bytes } = value
  const root = typeof value['root'] === 'string' ? value['root'].replace(/^sha256:/, '') : undefined
  if (!isSize(lines) || !isSize(bytes) || !isRoot(root)) return undefined
  const findings: readonly unknown[] = Array.isArray(value['findings']) ? value['findings'] : []
  return { lines, bytes, root, findings: findings.filter(isFinding) }
}

/** How many records of a stored index are to be believed, from its seal (`lines.seal`); 0 when it cannot be read. */
export function parseIndexSeal(file: Uint8Array): number {
  const value = parseJson(new TextDecoder().decode(file))
  const count = value?.['v'] === 1 ? value['count'] : undefined
  return isSize(count) ? count : 0
}

/** Leaf hashes out of a stored index: fixed records of 48 bytes, each beginning with the leaf hash. */
export function leavesOfIndex(
  count: number,
  readBytes: (offset: number, length: number) => Promise<Uint8Array>,
): StoredLeaves {
  return {
    count,
    read: async (from, wanted) => {
      const there = Math.max(0, Math.min(wanted, count - from))
      const records = await readBytes(from * recordBytes, there * recordBytes)
      const whole = Math.floor(records.length / recordBytes)
      const leaves = new Uint8Array(whole * leafBytes)
      for (let at = 0; at < whole; at++)
        leaves.set(records.subarray(at * recordBytes, at * recordBytes + leafBytes), at * leafBytes)
      return leaves
    },
  }
}

function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null) return false
  const { code, line, offset } = value as Partial<Finding>
  return typeof code === 'string' && isSize(line) && isSize(offset)
}
