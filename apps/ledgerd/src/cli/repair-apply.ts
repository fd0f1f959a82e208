// Carries a plan out under the lock of the file, with the storage's own recovery: copy aside, redo marker, cut, append
// anew, sync. Interrupted anywhere, the next repair or the next start of the daemon finishes it.
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { defaultLimits } from '../config.ts'
import { seedFrom } from '../engine/engine.ts'
import { readHolder } from '../locks/holder.ts'
import { tryKernelLock } from '../locks/kernel-lock.ts'
import { lockedError, takeVisibleLock } from '../locks/visible-lock.ts'
import { DataFolder } from '../storage/data-folder.ts'
import { makeFolder, readAt } from '../storage/durable.ts'
import { readHead } from '../storage/head-file.ts'
import { openStore } from '../storage/open-store.ts'
import { finishRepair, repairTail } from '../storage/repair.ts'
import { StopSignal } from '../storage/stop-signal.ts'
import { lookAt, repairBytesMax, type RepairPlace } from './repair-look.ts'
import type { RepairPlan } from './repair-plan.ts'

/** How long another holder is waited for. */
const lockTimeoutMs = 1000

export interface AppliedRepair {
  /** What was found under the lock, and done. */
  readonly plan: RepairPlan
  /** An interrupted repair was finished before that. */
  readonly isEarlierFinished: boolean
}

/** Looks again under the lock and repairs. Throws LEDGER_LOCKED, StopSignal and the file system's errors. */
export async function applyRepair(
  place: RepairPlace,
  schema: LedgerSchema,
  nowMs: () => number,
): Promise<AppliedRepair> {
  const marker = path.join(place.sidecar, 'redo')
  const isUnfinished = fs.existsSync(marker)
  const plan =
    readHead(place.sidecar) === undefined || place.dataFolder === undefined
      ? await applyToFile(place, schema, nowMs)
      : await applyToLedger({ ...place, dataFolder: place.dataFolder }, schema, nowMs)
  return { plan, isEarlierFinished: isUnfinished && !fs.existsSync(marker) }
}

/** A ledger with a head record is opened as its daemon would open it, and closed again: that is the repair. */
async function applyToLedger(
  place: RepairPlace & { readonly dataFolder: string },
  schema: LedgerSchema,
  nowMs: () => number,
): Promise<RepairPlan> {
  const options = {
    folder: new DataFolder(place.dataFolder),
    limits: { ...defaultLimits, lockTimeoutMs, tailBytesMax: repairBytesMax },
    secondSync: 'head' as const,
    nowMs,
    newSeed: () => seedFrom(randomBytes),
    pid: process.pid,
    host: os.hostname(),
    onWarning: () => undefined,
    isDoubtAccepted: true,
  }
  // Opening finishes an interrupted repair; what is left is looked at with its marker gone.
  const store = await openStore(place.ledger, schema, options, false)
  try {
    if (store.stop !== undefined) return damageOf(store.stop)
    const plan = lookAt(place, schema)
    if (plan.verdict === 'repairable') store.begin().close()
    return plan
  } finally {
    await store.close()
  }
}

/** A file without a head record: only its end is touched, or what its lost head record leaves in doubt. */
async function applyToFile(place: RepairPlace, schema: LedgerSchema, nowMs: () => number): Promise<RepairPlan> {
  const { file, sidecar, dataFolder } = place
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_NOFOLLOW)
  try {
    if (!tryKernelLock(fd)) throw lockedError(file, readHolder(path.join(sidecar, 'holder.json')))
    requireSameFile(fd, file)
    makeFolder(sidecar)
    const time = new Date(nowMs()).toISOString()
    const holder = { pid: process.pid, host: os.hostname(), epoch: 0, since: time }
    const visible = dataFolder === undefined ? undefined : await takeVisibleLock(file, sidecar, holder, () => undefined)
    try {
      finishRepair(file, sidecar)
      const plan = lookAt(place, schema)
      if (plan.verdict !== 'repairable') return plan
      const { offset, length, kept } = plan.cut
      repairTail({ file, sidecar, offset, tail: readAt(fd, offset, length), kept, epoch: 0, time })
      return plan
    } finally {
      await visible?.release()
    }
  } catch (error) {
    if (error instanceof StopSignal) return damageOf(error)
    throw error
  } finally {
    fs.closeSync(fd)
  }
}

/** Rethrows a stop for anything but damage, such as a disk that became full: a repair may have begun by then. */
function damageOf(stop: StopSignal): RepairPlan {
  if (stop.reason !== 'acknowledged-missing' && stop.reason !== 'acknowledged-damaged') throw stop
  return { verdict: 'damaged', message: stop.message }
}

/** The locked file is the one at the path, and has no second name. */
function requireSameFile(fd: number, file: string): void {
  const open = fs.fstatSync(fd)
  const named = fs.lstatSync(file)
  if (open.ino === named.ino && open.dev === named.dev && open.nlink === 1) return
  throw new LedgerError('LEDGER_LOCKED', `${file} was replaced while it was opened, or has a second name; look again`)
}
