// The read-only look at a file that repair decides from: its head record, the lines below it, and what lies behind.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { LineSplitter } from '@ledgerd/canonical'
import { leafHash, TreeEdge } from '@ledgerd/proof'
import type { LedgerSchema } from '@ledgerd/schema'
import { defaultLimits } from '../config.ts'
import { readAt } from '../storage/durable.ts'
import { readHead } from '../storage/head-file.ts'
import type { HeadRecord } from '../storage/head-record.ts'
import { committedEnd } from '../storage/line-end.ts'
import { originOf } from '../storage/origin.ts'
import { unfinishedRepair } from '../storage/repair.ts'
import { StopSignal } from '../storage/stop-signal.ts'
import { doubtAbout, keepTail } from '../storage/tail.ts'
import { planAboveHead, planForFragment, planWithoutHead, type RepairPlan } from './repair-plan.ts'

/** Where a file lies, and where what repair leaves behind is kept. */
export interface RepairPlace {
  readonly file: string
  readonly ledger: string
  /** The ledger's sidecar, or a folder beside a file that lies in no data folder. */
  readonly sidecar: string
  /** Undefined for a file that lies in no data folder. */
  readonly dataFolder: string | undefined
}

/** More than a crash can leave is still looked at when an operator asks, up to what fits one buffer. */
export const repairBytesMax: number = 2 ** 31 - 1
const windowBytes = 1 << 20

/** Decides; touches nothing. */
export function lookAt(place: RepairPlace, schema: LedgerSchema): RepairPlan {
  const unfinished = lookAtUnfinished(place.sidecar)
  if (unfinished !== undefined) return unfinished
  const fd = fs.openSync(place.file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
  try {
    const { size } = fs.fstatSync(fd)
    const head = readHead(place.sidecar)
    if (head !== undefined) return lookAboveHead(fd, size, head, place, schema)
    const end = committedEnd(fd, size)
    if (size - end > repairBytesMax) return tooLarge(size - end)
    if (originOf(place.sidecar) === undefined) return planForFragment(readAt(fd, end, size - end), end)
    const from = startOfLine(fd, size - 2 * defaultLimits.groupBytesMax, size)
    return size - from > repairBytesMax ? tooLarge(size - from) : planWithoutHead(readAt(fd, from, size - from), from)
  } finally {
    fs.closeSync(fd)
  }
}

function lookAtUnfinished(sidecar: string): RepairPlan | undefined {
  try {
    if (unfinishedRepair(sidecar) === undefined) return undefined
    return { verdict: 'unfinished', message: 'an earlier repair was interrupted; it is finished first' }
  } catch (error) {
    if (error instanceof StopSignal) return { verdict: 'damaged', message: error.message }
    throw error
  }
}

function lookAboveHead(
  fd: number,
  size: number,
  head: HeadRecord,
  { ledger }: RepairPlace,
  schema: LedgerSchema,
): RepairPlan {
  const damaged = (message: string): RepairPlan => ({ verdict: 'damaged', message })
  if (size < head.bytes) return damaged(`the file has ${size} bytes, ${head.bytes} were acknowledged`)
  const group = createHash('sha256').update(readAt(fd, head.groupStart, head.bytes - head.groupStart))
  if (group.digest('hex') !== head.groupHash)
    return damaged(`bytes ${head.groupStart} to ${head.bytes} are not those that were acknowledged`)
  if (size === head.bytes) return { verdict: 'nothing', message: 'the file ends where its head record says' }
  if (size - head.bytes > repairBytesMax) return tooLarge(size - head.bytes)
  const tail = readAt(fd, head.bytes, size - head.bytes)
  const below = readBelow(fd, head.bytes, schema, idsIn(tail, schema))
  if (below.count !== head.count || below.rootHex !== head.root)
    return damaged('the lines below the head record are not those that were acknowledged')
  const kept = keepTail(tail, schema, ledger, head.count + 1, (eventId) => below.ids.has(eventId))
  const doubt = head.trails === true ? doubtAbout(tail.subarray(kept.length), defaultLimits.groupBytesMax) : undefined
  return planAboveHead(kept, head, tail.length, doubt)
}

/** Count and root of the lines below `end`, and which of the wanted identities stand there. */
function readBelow(
  fd: number,
  end: number,
  schema: LedgerSchema,
  wanted: ReadonlySet<string>,
): { readonly count: number; readonly rootHex: string; readonly ids: ReadonlySet<string> } {
  const splitter = new LineSplitter({ lineBytesMax: Number.MAX_SAFE_INTEGER })
  const edge = new TreeEdge()
  const ids = new Set<string>()
  for (let at = 0; at < end; at += windowBytes)
    for (const { bytes } of splitter.push(readAt(fd, at, Math.min(windowBytes, end - at)))) {
      edge.append(leafHash(bytes))
      const id = wanted.size === 0 ? undefined : schema.eventIdOf(bytes)
      if (id !== undefined && wanted.has(id)) ids.add(id)
    }
  return { count: edge.size, rootHex: Buffer.from(edge.root()).toString('hex'), ids }
}

function idsIn(tail: Buffer, schema: LedgerSchema): ReadonlySet<string> {
  const ids = new Set<string>()
  for (let at = 0; at < tail.length; ) {
    const lineFeed = tail.indexOf(0x0a, at)
    const end = lineFeed < 0 ? tail.length : lineFeed
    const id = schema.eventIdOf(tail.subarray(at, end))
    if (id !== undefined) ids.add(id)
    at = end + 1
  }
  return ids
}

/** The first line that begins at or behind `offset`. */
function startOfLine(fd: number, offset: number, size: number): number {
  if (offset <= 0) return 0
  for (let at = offset - 1; at < size; at += windowBytes) {
    const found = readAt(fd, at, Math.min(windowBytes, size - at)).indexOf(0x0a)
    if (found >= 0) return at + found + 1
  }
  return committedEnd(fd, size)
}

function tooLarge(bytes: number): RepairPlan {
  return { verdict: 'damaged', message: `${bytes} bytes would have to be set aside; more than a crash can leave` }
}
