// Suite F of reliability §11, simulated: the disk fills up at every byte of a group, stays full for a while, and is freed.
// No receipt meanwhile, nothing acknowledged is lost, the other ledger is refused only for want of space, and appends go on
// without a restart.
import { checkFolder, type Fault, MemoryDisk, type Violation } from '@ledgerd/testkit'
import { LedgerError } from '@ledgerd/schema'
import { eventIdIn } from '../test/turns.ts'
import { groupWrites, hall, yard } from './crash-runs.ts'
import { appendTo, draftOf, idOf, openMemoryDaemon } from './memory-daemon.ts'
import { mount } from './memory-doors.ts'
import { type Recording, recordRun } from './record-run.ts'
import type { SuiteReport } from './suite-report.ts'

export interface DiskFullOptions {
  /** The disk is full after every so many bytes of the group. */
  readonly everyBytes: number
  readonly seed: number
}

const group = [20, 21, 22]
const retriesMax = 50

/** Fills the disk at every byte of a group of three lines, the first of its ledger or a later one, by both names of a full disk. */
export async function runDiskFullSuite({ everyBytes, seed }: DiskFullOptions): Promise<SuiteReport> {
  const before = await recordRun([[{ ledger: hall, from: 0, to: 2 }], 'close'], undefined)
  const without = await recordRun([[{ ledger: yard, from: 0, to: 2 }], 'close'], undefined)
  const known = { image: before.end, evidence: before.evidenceAtEnd, sent: before.sent }
  const whole = await recordRun([[{ ledger: hall, from: group[0] ?? 0, to: (group.at(-1) ?? 0) + 1 }]], known)
  const groupBytes = groupWrites(whole).at(-1)?.op.bytes.length ?? 0
  const counts = { fills: 0, struck: 0, resumed: 0, receipts: 0 }
  const violations: Violation[] = []
  for (const errno of ['ENOSPC', 'EDQUOT'])
    for (const [which, recording] of Object.entries({ 'a later group': before, 'the first group': without }))
      for (let bytes = 0; bytes < groupBytes; bytes += everyBytes) {
        const end = await fillAt(recording, bytes, errno)
        counts.fills++
        counts.struck += end.isStruck ? 1 : 0
        counts.resumed += end.isResumed ? 1 : 0
        counts.receipts += end.receipts
        const where = `${errno} after ${bytes} bytes of ${which}`
        violations.push(...end.violations.map((one) => ({ ...one, sentence: `${where}: ${one.sentence}` })))
      }
  return {
    suite: 'F disk full, simulated',
    counts,
    violations,
    guards: [
      { name: 'struck', value: counts.struck, min: counts.fills },
      { name: 'resumed', value: counts.resumed, min: counts.fills },
      { name: 'receipts', value: counts.receipts, min: counts.fills },
    ],
    seed,
    notRun: [],
  }
}

async function fillAt(before: Recording, bytes: number, errno: string) {
  const disk = new MemoryDisk(before.end)
  mount.mount(disk)
  let isFull = false
  // A quota does not show in the free space of a disk, so recovery is tried while there is no room for it.
  const daemon = openMemoryDaemon({ freeBytes: () => (isFull && errno === 'ENOSPC' ? 0 : Number.MAX_SAFE_INTEGER) })
  const receipts = [...before.evidenceAtEnd.receipts]
  const violations: Violation[] = []
  const say = (sentence: string): void => void violations.push({ kind: 'misbehaved', ledger: hall, sentence })
  const send = async (numbers: readonly number[]): Promise<boolean> => {
    const lines = numbers.map((n) => draftOf(n))
    const answer = await appendTo(daemon.engine, hall, lines).catch((error: unknown) => error)
    if (!isResult(answer)) {
      const isBusy = answer instanceof LedgerError && answer.code === 'BUSY' && answer.details['reason'] === 'disk-full'
      if (!isBusy) say(`refused with ${String(answer)}`)
      return false
    }
    for (const [at, n] of numbers.entries()) receipts.push(receiptAt(answer, at, n))
    return true
  }
  if (before.end.has(`${hall}.jsonl`)) await send([10])
  let isStruck = false
  disk.onCall = ({ name, path }): Fault | undefined => {
    // Head records are written over in place, which takes no room.
    if (isFull) return (name === 'write' && !path.endsWith('/head')) || name === 'mkdir' ? { errno } : undefined
    if (name !== 'write' || path !== `${hall}.jsonl`) return undefined
    isFull = true
    isStruck = true
    return bytes === 0 ? { errno } : { shortBytes: bytes }
  }
  if (await send(group)) say('a receipt for a group that did not fit')
  if (await send([30])) say('a receipt while the disk was full')
  daemon.runLater()
  await turn()
  if (await send([31])) say('a receipt while the disk was full')
  disk.onCall = undefined
  isFull = false
  let isResumed = false
  for (let retry = 0; retry < retriesMax && !isResumed; retry++) {
    daemon.runLater()
    await turn()
    isResumed = (await appendTo(daemon.engine, hall, [draftOf(32)]).catch(() => undefined)) !== undefined
  }
  violations.length = Math.min(violations.length, 5)
  for (const n of [...group, 30, 31, 32]) await send([n])
  await daemon.engine.close()
  if (disk.openCount > 0) say(`${disk.openCount} descriptors were left open`)
  const sent = new Set([...before.sent, ...[10, ...group, 30, 31, 32].map((n) => idOf(n))])
  const evidence = { receipts, followers: [] }
  violations.push(...checkFolder({ image: disk.image(), evidence, identityOf: eventIdIn, sent, tail: 'none' }))
  return { isStruck, isResumed, receipts: receipts.length, violations }
}

type Result = Awaited<ReturnType<typeof appendTo>>

function isResult(answer: unknown): answer is Result {
  return typeof answer === 'object' && answer !== null && 'kind' in answer
}

function receiptAt(result: Result, at: number, n: number) {
  const base = { ledger: hall, eventId: idOf(n), durable: 'fsync' }
  if (result.kind === 'plain') return { ...base, seq: result.seq + at, leafHash: result.leafHashes[at] ?? '' }
  const outcome = result.outcomes[at]
  if (outcome === undefined || 'error' in outcome) throw new Error(`draft ${n} was refused`)
  return { ...base, seq: outcome.seq, leafHash: outcome.leafHash }
}

async function turn(): Promise<void> {
  for (let at = 0; at < 5; at++)
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
}
