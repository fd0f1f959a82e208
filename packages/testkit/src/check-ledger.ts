// Judges one ledger file against what clients kept. Reads bytes, trusts no product code, and says everything it finds.
import { hash as hashOf } from 'node:crypto'
import type { Evidence, KeptReceipt, SeenLine, Violation, ViolationKind } from './evidence.ts'
import { leafHexOf, splitAtLineFeeds } from './line-bytes.ts'

export interface LedgerCheck {
  readonly ledger: string
  /** The file as it lies on disk. */
  readonly bytes: Uint8Array
  readonly evidence: Evidence
  /** The identity a line carries; undefined for a line that carries none. Throws on what is no line of the family. */
  readonly identityOf: (line: Uint8Array) => string | undefined
  /** Identities that were ever sent; a line with another one is a phantom. Undefined when not known. */
  readonly sent?: ReadonlySet<string>
  /** `running`: no recovery has run since the last crash, so bytes of an unconfirmed group may lie at the end. */
  readonly tail: 'none' | 'running'
}

/** Everything wrong with a ledger: lost, torn, repeated, phantom, out of order, contradicting. Empty when it is right. */
export function checkLedger(check: LedgerCheck): Violation[] {
  const { ledger, bytes, evidence } = check
  const found: Violation[] = []
  const say = (kind: ViolationKind, sentence: string): void => void found.push({ kind, ledger, sentence })
  const { lines, rest } = splitAtLineFeeds(bytes)
  if (rest.length > 0 && check.tail === 'none') say('torn', `${rest.length} bytes follow the last line feed`)
  const receipts = evidence.receipts.filter((receipt) => receipt.ledger === ledger)
  checkIdentities(check, lines, receipts, say)
  checkReceipts(lines, receipts, say)
  for (const seen of evidence.followers)
    checkFollower(
      lines,
      seen.filter((line) => line.ledger === ledger),
      say,
    )
  return found
}

type Say = (kind: ViolationKind, sentence: string) => void

/** Lines that no receipt names may be a torn group while no recovery has run; the others must each be a line, once. */
function checkIdentities(
  { identityOf, sent, tail }: LedgerCheck,
  lines: readonly Uint8Array[],
  receipts: readonly KeptReceipt[],
  say: Say,
): void {
  const settled = tail === 'none' ? lines.length : 1 + receipts.reduce((most, { seq }) => Math.max(most, seq), -1)
  const places = new Map<string, number>()
  for (const [seq, line] of lines.slice(0, settled).entries()) {
    let id: string | undefined
    try {
      id = identityOf(line)
    } catch (error) {
      say('torn', `line ${seq + 1} cannot be read: ${String(error)}`)
      continue
    }
    if (id === undefined) continue
    const earlier = places.get(id)
    if (earlier !== undefined) say('repeated', `${id} stands at seq ${earlier} and at seq ${seq}`)
    places.set(id, seq)
    if (sent !== undefined && !sent.has(id)) say('phantom', `nobody sent ${id}, which stands at seq ${seq}`)
  }
}

function checkReceipts(lines: readonly Uint8Array[], receipts: readonly KeptReceipt[], say: Say): void {
  const bySeq = new Map<number, KeptReceipt>()
  const byId = new Map<string, KeptReceipt>()
  for (const receipt of receipts) {
    const { seq, eventId } = receipt
    const [atSeq, ofId] = [bySeq.get(seq), byId.get(eventId)]
    if (atSeq !== undefined && (atSeq.eventId !== eventId || hexOf(atSeq) !== hexOf(receipt)))
      say('contradiction', `two receipts name seq ${seq}: for ${atSeq.eventId} and for ${eventId}`)
    if (ofId !== undefined && ofId.seq !== seq)
      say('contradiction', `two receipts for ${eventId}: seq ${ofId.seq} and seq ${seq}`)
    bySeq.set(seq, receipt)
    byId.set(eventId, receipt)
    if (receipt.durable !== 'fsync' && receipt.durable !== 'quorum') continue
    const line = lines[seq]
    if (line === undefined) say('lost', `${eventId} was acknowledged at seq ${seq}; the file has ${lines.length} lines`)
    else if (leafHexOf(line) !== hexOf(receipt) || (receipt.line !== undefined && !isSame(receipt.line, line)))
      say('lost', `${eventId} was acknowledged at seq ${seq}; other bytes are there`)
  }
}

function checkFollower(lines: readonly Uint8Array[], seen: readonly SeenLine[], say: Say): void {
  let expected = seen[0]?.seq ?? 0
  for (const { seq, line } of seen) {
    if (seq !== expected) say('out-of-order', `a follower saw seq ${seq} where ${expected} was next`)
    expected = seq + 1
    const there = lines[seq]
    if (there === undefined || !isSame(there, line)) say('phantom', `a follower saw a line at seq ${seq} that is gone`)
  }
}

export interface RepairCheck {
  readonly ledger: string
  readonly before: Uint8Array
  readonly after: Uint8Array
  /** The files of the ledger's `aside` folder by name. */
  readonly aside: ReadonlyMap<string, Uint8Array>
}

/** What recovery took out of a file lies aside, whole; and nothing before it was edited. */
export function checkRepair({ ledger, before, after, aside }: RepairCheck): Violation[] {
  const same = commonLength(before, after)
  if (same === before.length) return []
  const isAside = [...aside].some(([name, copy]) => {
    const [offset = '', hash = ''] = name.split('-')
    const from = Number(offset)
    return (
      /^\d+$/.test(offset) &&
      from <= same &&
      hashOf('sha256', copy, 'hex') === hash &&
      isSame(copy, before.subarray(from))
    )
  })
  const sentence = `bytes ${same} to ${before.length} left the file and are in no copy aside`
  return isAside ? [] : [{ kind: 'not-set-aside', ledger, sentence }]
}

function hexOf({ leafHash }: KeptReceipt): string {
  return leafHash.startsWith('sha256:') ? leafHash.slice(7) : leafHash
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

function commonLength(left: Uint8Array, right: Uint8Array): number {
  const most = Math.min(left.length, right.length)
  if (isSame(left.subarray(0, most), right.subarray(0, most))) return most
  // The first difference lies in [same, differs).
  let [same, differs] = [0, most]
  while (differs - same > 1) {
    const middle = (same + differs) >>> 1
    if (isSame(left.subarray(same, middle), right.subarray(same, middle))) same = middle
    else differs = middle
  }
  return same
}
