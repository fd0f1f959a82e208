// Suite H of reliability §11, in memory: between two commits someone else replaces the file, gives it a second name, cuts it,
// writes into it, or begins an epoch in the head record. The writer notices before it writes, gives no receipt, and the other
// ledger goes on.
import { type FolderImage, ledgerBytes, MemoryDisk, memoryRoot, type Violation } from '@ledgerd/testkit'
import { hall, yard } from './crash-runs.ts'
import { appendTo, draftOf, openMemoryDaemon } from './memory-daemon.ts'
import { mount, mountedFs } from './memory-doors.ts'
import type { SuiteReport } from './suite-report.ts'

interface Theft {
  readonly name: string
  readonly reason: string
  steal(): void
}

const file = `${memoryRoot}/${hall}.jsonl`
const head = `${memoryRoot}/.ledgerd/ledgers/${hall}.jsonl/head`

const thefts: readonly Theft[] = [
  { name: 'another file in its place', reason: 'file-replaced', steal: () => replace(file) },
  { name: 'the file is gone', reason: 'file-replaced', steal: () => mountedFs().rmSync(file) },
  { name: 'bytes behind the end', reason: 'foreign-bytes', steal: () => appendBytes(file, 'late\n') },
  { name: 'a shorter file', reason: 'foreign-bytes', steal: () => cut(file, 10) },
  { name: 'another head record in its place', reason: 'file-replaced', steal: () => replace(head) },
  { name: 'an epoch of another writer', reason: 'epoch-superseded', steal: () => overwrite(head) },
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
  const guards = [{ name: 'noticed', value: counts.noticed, min: counts.thefts }]
  return { suite: 'H thefts, in memory', counts, violations, guards, seed, notRun: [] }
}

function bytesOf(image: FolderImage): Buffer {
  return ledgerBytes(image, hall)
}

function replace(path: string): void {
  const bytes = mountedFs().readFileSync(path)
  mountedFs().writeFileSync(`${path}.other`, bytes)
  mountedFs().renameSync(`${path}.other`, path)
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
