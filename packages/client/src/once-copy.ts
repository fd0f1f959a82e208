// Copies of JSON values, made before the first await: what is recorded is what was given, whatever its owner does with it
// meanwhile, and what a caller gets is what will be read back.
import { LedgerError } from '@ledgerd/schema'

/** Deeper values are refused by the ledger, and left as they are here. */
const depthMax = 64

/** Throws VALUE_REFUSED for an integer that would not read back, and for what throws when it is read. */
export function copyJson(value: unknown): unknown {
  try {
    return copy(value, 0)
  } catch (error) {
    if (error instanceof LedgerError) throw error
    throw new LedgerError('VALUE_REFUSED', 'the value cannot be read', { cause: error })
  }
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return readableInteger(value)
  if (typeof value !== 'object' || value === null || depth > depthMax) return value
  if (Array.isArray(value)) return Array.from(value, (item) => copy(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  // No JSON; the ledger says so.
  if (prototype !== Object.prototype && prototype !== null) return value
  const members = Object.entries(value).map(([key, member]) => [key, copy(member, depth + 1)] as const)
  return Object.fromEntries(members)
}

function readableInteger(value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new LedgerError('VALUE_REFUSED', `${value} would not read back; record it as a text`)
}
