// Reads the head record of a ledger's sidecar: two slots, the newest whole one counts. A reader of its own, independent
// of the daemon that writes it, and at home in the browser too.
import { sha256Hex } from '@ledgerd/canonical'

const slotBytes = 512
const slotOffsets = [0, 4096] as const

export interface HeadRecord {
  readonly epoch: number
  readonly n: number
  /** Committed lines and bytes. */
  readonly count: number
  readonly bytes: number
  /** RFC 6962 root over the committed lines, 64 hex digits. */
  readonly root: string
}

/** The newest record of a head file whose checksum holds; undefined when there is none. Never throws on content. */
export function parseHead(file: Uint8Array): HeadRecord | undefined {
  let newest: HeadRecord | undefined
  for (const offset of slotOffsets) {
    const record = parseSlot(file.subarray(offset, offset + slotBytes))
    if (record !== undefined && (newest === undefined || isNewer(record, newest))) newest = record
  }
  return newest
}

function isNewer(record: HeadRecord, than: HeadRecord): boolean {
  return record.epoch === than.epoch ? record.n > than.n : record.epoch > than.epoch
}

function parseSlot(slot: Uint8Array): HeadRecord | undefined {
  const end = slot.indexOf(0x0a)
  if (end < 0 || slot.subarray(0, end).some((byte) => byte > 0x7e)) return undefined
  const text = new TextDecoder().decode(slot.subarray(0, end))
  const cut = text.lastIndexOf(' ')
  if (cut < 0 || sha256Hex(text.slice(0, cut)) !== text.slice(cut + 1)) return undefined
  const value = parseJson(text.slice(0, cut))
  if (value === undefined || value['v'] !== 1) return undefined
  const { epoch, n, count, bytes, root, groupStart, groupHash } = value
  const isWhole = isSize(epoch) && isSize(n) && isSize(count) && isSize(bytes) && isRoot(root)
  const isGroupWhole = isWhole && isSize(groupStart) && groupStart <= bytes && isRoot(groupHash)
  return isGroupWhole ? { epoch, n, count, bytes, root } : undefined
}

/** An object, or undefined for anything else. */
export function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

export function isRoot(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
