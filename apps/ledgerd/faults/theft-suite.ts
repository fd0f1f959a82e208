// Suite H of reliability §11, in memory: between two commits someone else replaces the file, cuts it, writes into it, or
// begins an epoch in the head record. The writer notices before it writes, gives no receipt, and the other ledger goes on.
// Who writes between the last look and the write is noticed before the sync, and no byte of his is overwritten. A visible
// lock that goes away is told or stops the ledger; each holder's epoch is above the one before.
import { type FolderImage, ledgerBytes, MemoryDisk, memoryRoot, type Violation } from '@ledgerd/testkit'
import { hall, yard } from './crash-runs.ts'
import { appendTo, draftOf, openMemoryDaemon } from './memory-daemon.ts'
import { mount, mountedFs, visibleLocks } from './memory-doors.ts'
import type { SuiteReport } from './suite-report.ts'

interface Theft {
  readonly name: string
  readonly reason: string
  steal(): void
}

const file = `${memoryRoot}/${hall}.jsonl`
const head = `${memoryRoot}/.ledgerd/ledgers/${hall}.jsonl/head`
const lock = `${memoryRoot}/.ledgerd/ledgers/${hall}.jsonl/lock`

const thefts: readonly Theft[] = [
  { name: 'another file in its place', reason: 'file-replaced', steal: () => replace(file) },
  { name: 'the file is gone', reason: 'file-replaced', steal: () => mountedFs().rmSync(file) },
  { name: 'bytes behind the end', reason: 'foreign-bytes', steal: () => appendBytes(file, 'late\n') },
  { name: 'a shorter file', reason: 'foreign-bytes', steal: () => cut(file, 10) },
  { name: 'another head record in its place', reason: 'file-replaced', steal: () => replace(head) },
  { name: 'an epoch of another writer', reason: 'epoch-superseded', steal: () => overwrite(head) },
  { name: 'a visible lock of another program', reason: 'lock-taken', steal: () => replaceFolder(lock) },
]

/** Each theft, committed inline and as in the pool. */
export async function runTheftSuite(seed: number): Promise<SuiteReport> {
  const counts = { thefts: 0, noticed: 0 }
  const violations: Violation[] = []
  for (const inlineBytesMax of [0, 1 << 20])
    for (const { name, reason, steal } of thefts) {
      counts.thefts++
      const say = (ledger: string, sentence: string): void =>
        void violations.push({ kind: 'misbehaved', ledger, sentence: `${name}: ${sentence}` })
      const disk = new MemoryDisk()
      mount.mount(disk)
      const { engine, stops } = openMemoryDaemon({ inlineBytesMax })
      await appendTo(engine, hall, [draftOf(1)])
      await appendTo(engine, yard, [draftOf(500)])
      steal()
      const before = bytesOf(disk.image())
      const answer = await appendTo(engine, hall, [draftOf(2)]).catch(() => 'refused')
      if (answer !== 'refused') say(hall, 'a receipt after it')
      if (!bytesOf(disk.image()).equals(before)) say(hall, 'bytes were written after it')
      if (stops.includes(`${hall}: ${reason}`)) counts.noticed++
      else say(hall, `stopped for ${stops.join()} instead of ${reason}`)
      const other = await appendTo(engine, yard, [draftOf(501)]).catch(() => 'refused')
      if (other === 'refused') say(yard, 'the other ledger did not go on')
      await engine.close()
    }
  for (const inlineBytesMax of [0, 1 << 20]) {
    counts.thefts += 2
    for (const found of [await stealWithinCommit(inlineBytesMax), await stealLock(inlineBytesMax)]) {
      violations.push(...found)
      counts.noticed += found.length === 0 ? 1 : 0
    }
  }
  const guards = [{ name: 'noticed', value: counts.noticed, min: counts.thefts }]
  return { suite: 'H thefts, in memory', counts, violations, guards, seed, notRun: [] }
}

/** A late writer's bytes land after the last look at the file and before the write. */
async function stealWithinCommit(inlineBytesMax: number): Promise<Violation[]> {
  const say = (sentence: string): Violation => ({ kind: 'misbehaved', ledger: hall, sentence })
  const found: Violation[] = []
  const disk = new MemoryDisk()
  mount.mount(disk)
  const { engine, stops } = openMemoryDaemon({ inlineBytesMax })
  await appendTo(engine, hall, [draftOf(1)])
  const late = Buffer.concat([bytesOf(disk.image()), Buffer.from('late\n')])
  let isLate = false
  disk.onCall = ({ name, path }) => {
    if (name === 'fdatasync' && path === `${hall}.jsonl`) found.push(say('foreign bytes were synced'))
    if (isLate || name !== 'write' || path !== `${hall}.jsonl`) return undefined
    isLate = true
    appendBytes(file, 'late\n')
    return undefined
  }
  const answer = await appendTo(engine, hall, [draftOf(2)]).catch(() => 'refused')
  if (answer !== 'refused') found.push(say('a receipt though another wrote within the commit'))
  if (!bytesOf(disk.image()).subarray(0, late.length).equals(late)) found.push(say('the bytes of another are gone'))
  if (!stops.includes(`${hall}: foreign-bytes`)) found.push(say(`stopped for ${stops.join()} within the commit`))
  await engine.close()
  return found
}

/**
 * The visible lock goes away under a holder while nobody writes: removed, it is told to the operator and taken again; taken
 * by another program, the ledger stops at once. Each holder's epoch is above the one before.
 */
async function stealLock(inlineBytesMax: number): Promise<Violation[]> {
  const say = (sentence: string): Violation => ({ kind: 'misbehaved', ledger: hall, sentence })
  const found: Violation[] = []
  mount.mount(new MemoryDisk())
  const epochs: (number | undefined)[] = []
  for (const n of [1, 2, 3]) {
    const { engine, stops, warnings } = openMemoryDaemon({ inlineBytesMax })
    epochs.push((await appendTo(engine, hall, [draftOf(n)])).epoch)
    mountedFs().rmSync(lock, { recursive: true })
    visibleLocks.get(file)?.(new Error('the lock was removed'))
    if (!warnings.some((text) => text.startsWith(`${hall}: the visible lock`))) found.push(say('nobody was told'))
    const goesOn = await appendTo(engine, hall, [draftOf(n + 10)]).catch(() => 'refused')
    if (goesOn === 'refused') found.push(say('a removed visible lock stopped the holder of the kernel lock'))
    await afterTurns()
    replaceFolder(lock)
    visibleLocks.get(file)?.(new Error('the lock was taken'))
    if (!stops.includes(`${hall}: lock-taken`)) found.push(say('a stolen lock was not noticed before the next write'))
    await engine.close()
    for (const name of [lock, `${lock}.other`]) mountedFs().rmSync(name, { recursive: true, force: true })
  }
  if (!epochs.every((epoch, at) => at === 0 || (epoch ?? 0) > (epochs[at - 1] ?? 0)))
    found.push(say(`epochs of three holders were ${epochs.join()}`))
  return found
}

/** What the daemon put off for a turn or two is done. */
async function afterTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++)
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
}

function bytesOf(image: FolderImage): Buffer {
  return ledgerBytes(image, hall)
}

function replace(path: string): void {
  const bytes = mountedFs().readFileSync(path)
  mountedFs().writeFileSync(`${path}.other`, bytes)
  mountedFs().renameSync(`${path}.other`, path)
}

function replaceFolder(path: string): void {
  mountedFs().rmSync(path, { recursive: true })
  mountedFs().mkdirSync(`${path}.other`)
  mountedFs().mkdirSync(path)
}

function appendBytes(path: string, text: string): void {
  mountedFs().writeFileSync(path, text, { flag: 'a' })
}

function cut(path: string, length: number): void {
  const fd = mountedFs().openSync(path, 'r+')
  mountedFs().ftruncateSync(fd, length)
  mountedFs().closeSync(fd)
}

function overwrite(path: string): void {
  const fd = mountedFs().openSync(path, 'r+')
  mountedFs().writeSync(fd, Buffer.from('{"v":1,"epoch":9'), 0, 16, 0)
  mountedFs().closeSync(fd)
}
