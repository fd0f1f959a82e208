// Opens one ledger's storage: lock, finish an interrupted repair, decide from the head record, repair the tail, load the
// index, begin an epoch (reliability: recovery). Decides first, from a read-only look; touches later.
import fs from 'node:fs'
import path from 'node:path'
import { sha256Hex } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import type { Limits, SecondSync } from '../config.ts'
import type { Fingerprint } from '../index/identity-table.ts'
import { IndexFile } from '../index/index-file.ts'
import type { LineIndex } from '../index/line-index.ts'
import { extendIndex, takeLines } from '../index/scan.ts'
import { type Holder, readHolder } from '../locks/holder.ts'
import { waitForKernelLock } from '../locks/kernel-lock.ts'
import { lockedError, takeVisibleLock, type VisibleLock } from '../locks/visible-lock.ts'
import type { SchemaChoice, SchemaEvidence } from '../schemas/schema-book.ts'
import { assertHead } from './assert-head.ts'
import type { DataFolder } from './data-folder.ts'
import { makeFolder, readAt } from './durable.ts'
import { HeadFile, readHead } from './head-file.ts'
import type { HeldFiles } from './held-files.ts'
import type { HeadRecord } from './head-record.ts'
import { LedgerFile } from './ledger-file.ts'
import { StopSignal } from './stop-signal.ts'
import { committedEnd } from './line-end.ts'
import { originOf } from './origin.ts'
import { finishRepair, readTail, repairTail } from './repair.ts'
import { doubtAbout, type KeptTail, keepTail } from './tail.ts'

export interface StoreOptions {
  readonly folder: DataFolder
  readonly limits: Limits
  readonly secondSync: SecondSync
  readonly nowMs: () => number
  readonly newSeed: () => Fingerprint
  /** Who this process is, for lock files. */
  readonly pid: number
  readonly host: string
  readonly onWarning: (ledger: string, sentence: string) => void
  /** Who holds files, and puts them to rest; undefined where ledgers stay held until they are closed. */
  readonly heldFiles?: HeldFiles
  /** An operator has looked at what would be set aside, and wants it: nothing stops for being in doubt. */
  readonly isDoubtAccepted?: boolean
  /**
   * The schema that a ledger on disk has, by its record, the operator's rules or its first lines. Without it every ledger
   * has the one schema that the engine was given, and none is recorded.
   */
  readonly chooseSchema?: (ledger: string, evidence: SchemaEvidence) => SchemaChoice
}

/** The storage of one open ledger. */
export interface LedgerStore {
  readonly file: LedgerFile
  readonly lock: VisibleLock
  readonly sidecar: string
  readonly index: LineIndex
  readonly indexFile: IndexFile
  /** Committed lines and bytes at opening. */
  readonly count: number
  readonly bytes: number
  /** `adopted`: opened for the first time, its lines are history. `created`: made just now. `known`: opened before. */
  readonly origin: 'created' | 'adopted' | 'known'
  /** False when a known ledger has lost its head record: then only a full check can tell damage. */
  readonly hasHead: boolean
  /** Bytes lie above the committed end. */
  readonly hasTail: boolean
  /** What lies there may have been acknowledged: the head record trails. */
  readonly mayEndLater: boolean
  /** Set when the ledger must not be written: damage below the head record. Reading goes on. */
  readonly stop: StopSignal | undefined
  /** Begins the epoch; repairs the tail first. Only for a ledger that is not stopped. */
  begin(): HeadFile
  close(): Promise<void>
}

/** Opens a ledger that exists, or creates it when `isNew`. Throws LEDGER_LOCKED, LEDGER_NOT_FOUND, LEDGER_ID_INVALID. */
export async function openStore(
  ledger: string,
  schema: LedgerSchema,
  options: StoreOptions,
  isNew: boolean,
): Promise<LedgerStore> {
  const { folder, limits } = options
  folder.assertInPlace()
  const sidecar = folder.sidecar(ledger)
  if (isNew) folder.prepareNew(ledger)
  const file = isNew ? LedgerFile.create(folder.ledgerFile(ledger)) : LedgerFile.open(folder.ledgerFile(ledger))
  let lock: VisibleLock | undefined
  try {
    makeFolder(sidecar)
    if (!(await waitForKernelLock(file.appendFd, limits.lockTimeoutMs)))
      throw lockedError(ledger, readHolder(path.join(sidecar, 'holder.json')))
    file.settle()
    file.assertUntouched()
    const epoch = (readHead(sidecar)?.epoch ?? 0) + 1
    const holder: Holder = {
      pid: options.pid,
      host: options.host,
      epoch,
      since: new Date(options.nowMs()).toISOString(),
    }
    lock = await takeVisibleLock(file.path, sidecar, holder, (sentence) => options.onWarning(ledger, sentence))
    return await recover(ledger, schema, options, { file, sidecar, lock, epoch, isNew })
  } catch (error) {
    try {
      await lock?.release()
    } finally {
      // With it goes the kernel lock, whatever became of the visible one: else nobody could open the ledger again.
      file.close()
    }
    throw error
  }
}

interface Locked {
  readonly file: LedgerFile
  readonly sidecar: string
  readonly lock: VisibleLock
  readonly epoch: number
  readonly isNew: boolean
}

async function recover(
  ledger: string,
  schema: LedgerSchema,
  options: StoreOptions,
  locked: Locked,
): Promise<LedgerStore> {
  const { file, sidecar, lock, epoch, isNew } = locked
  let stop = attempt(() => finishRepair(file.path, sidecar))
  file.settle()
  const head = readHead(sidecar)
  const isKnown = originOf(sidecar) !== undefined
  const end = head?.bytes ?? committedEnd(file.readFd, file.size)
  stop ??= head === undefined ? undefined : attempt(() => assertHead(file, head))
  const readableEnd = Math.min(end, committedEnd(file.readFd, file.size))
  // KNOWN GAP: without a head record whole lines are synced where they lie and not appended anew, so a group under a failed
  // sync could still be lost on ext4 if its head record went missing too. Two independent failures are needed.
  if (head === undefined) {
    fs.fdatasyncSync(file.appendFd)
    options.folder.syncNames(ledger)
  }

  const { file: indexFile, index } = IndexFile.load(
    sidecar,
    head?.count ?? Number.MAX_SAFE_INTEGER,
    options.newSeed,
    `${schema.family} ${schema.name}`,
  )
  await extendIndex(file.readFd, readableEnd, index, indexFile, schema).catch((error: unknown) => {
    indexFile.close()
    throw error
  })
  if (head !== undefined && stop === undefined) stop = attempt(() => assertRoot(index, head))

  const begin = (): HeadFile => {
    const last = head ?? firstHead(index)
    const kept = file.size > end ? repair(ledger, schema, options, locked, index, indexFile, end, head) : undefined
    file.settle()
    const record: HeadRecord = {
      ...last,
      epoch,
      n: last.n + 1,
      count: index.count,
      bytes: index.bytes,
      root: Buffer.from(index.edge.root()).toString('hex'),
      ...(kept === undefined ? {} : { groupStart: end, groupHash: sha256Hex(kept) }),
    }
    return HeadFile.begin(sidecar, record, options.secondSync)
  }
  return {
    ...{ file, lock, sidecar, index, indexFile, stop, begin },
    count: index.count,
    bytes: index.bytes,
    origin: isNew ? 'created' : isKnown ? 'known' : 'adopted',
    hasHead: head !== undefined,
    hasTail: file.size > end,
    mayEndLater: file.size > end && head?.trails === true,
    close: closeOnce(lock, indexFile, file),
  }
}

/** Repairs the tail and takes the kept lines into the index; returns their bytes. */
function repair(
  ledger: string,
  schema: LedgerSchema,
  options: StoreOptions,
  locked: Locked,
  index: LineIndex,
  indexFile: IndexFile,
  end: number,
  head: HeadRecord | undefined,
): Buffer {
  const { file, sidecar, epoch } = locked
  const tail = readTail(file.readFd, end, file.size, options.limits.tailBytesMax)
  const isKnown = (eventId: string): boolean => index.candidates(eventId).length > 0
  const kept = keepTail(tail, schema, ledger, index.count + 1, isKnown)
  if (head?.trails === true && options.isDoubtAccepted !== true) assertNoDoubt(tail, kept, end, options.limits)
  const time = new Date(options.nowMs()).toISOString()
  const report = repairTail({ file: file.path, sidecar, offset: end, tail, kept, epoch, time })
  options.onWarning(
    ledger,
    `recovery: ${report.reason}, ${report.linesKept} lines kept, ${report.bytesAside} bytes in aside/`,
  )
  const length = kept.length + (kept.needsLineFeed ? 1 : 0)
  const bytes = readAt(file.readFd, end, length)
  takeLines(bytes, end, index, indexFile, schema)
  return bytes
}

/** What the repair would set aside can be nothing but a torn group. */
function assertNoDoubt(tail: Buffer, { length }: KeptTail, end: number, { groupBytesMax }: Limits): void {
  const doubt = doubtAbout(tail.subarray(length), groupBytesMax)
  if (doubt === undefined) return
  const where = `bytes ${end + length} to ${end + tail.length} lie above a head record that trails and are not admissible`
  throw new StopSignal('tail-in-doubt', `${where}; ${doubt}, so they may have been acknowledged`)
}

function assertRoot(index: LineIndex, head: HeadRecord): void {
  if (index.count !== head.count)
    throw new StopSignal(
      'acknowledged-damaged',
      `there are ${index.count} lines below byte ${head.bytes}, ${head.count} were acknowledged`,
    )
  if (Buffer.from(index.edge.root()).toString('hex') !== head.root)
    throw new StopSignal('acknowledged-damaged', 'the tree root over the lines is not the acknowledged one')
}

function firstHead(index: LineIndex): HeadRecord {
  const empty = { groupStart: index.bytes, groupHash: sha256Hex(Buffer.alloc(0)) }
  return { v: 1, epoch: 0, n: 0, count: index.count, bytes: index.bytes, root: '', ...empty }
}

/** Closing twice would close what another file has got the same descriptors for. */
function closeOnce(lock: VisibleLock, indexFile: IndexFile, file: LedgerFile): () => Promise<void> {
  let closing: Promise<void> | undefined
  return () => {
    closing ??= lock.release().finally(() => {
      try {
        indexFile.close()
      } finally {
        // With it goes the kernel lock.
        file.close()
      }
    })
    return closing
  }
}

function attempt(action: () => void): StopSignal | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof StopSignal) return error
    throw error
  }
}
