// What a head record that trails does to a history: how far it may, when a ledger stops in doubt for it and when not, what is
// served meanwhile, and how an operator settles it. The repair is the one of `ledgerd repair --apply`, on the disk in memory.
import path from 'node:path'
import { worldEvents } from '@ledgerd/schema-world-events'
import {
  asideOf,
  checkLedger,
  checkRepair,
  type FolderImage,
  leafHexOf,
  ledgerBytes,
  memoryRoot,
  splitAtLineFeeds,
} from '@ledgerd/testkit'
import { applyRepair } from '../src/cli/repair-apply.ts'
import { lookAt, type RepairPlace } from '../src/cli/repair-look.ts'
import { type HeadRecord, newestHead } from '../src/storage/head-record.ts'
import { eventIdIn } from '../test/turns.ts'
import { isRecord } from './judge-state.ts'
import { checkServed, receiptsOf, require, requireSame, sentTo } from './model-checks.ts'
import { count, type ModelRun, plain, refusalOf, sendAll } from './model-commands.ts'
import type { Crashed, PowerCut } from './model-crash.ts'
import { type ModelLedger, modelLedgers, type ModelWorld } from './model-world.ts'

/**
 * After a crash: the disk's head records know the lines that they must, are not older than the last opening, and say whether
 * they trail. `least`: everything acknowledged, or what had become durable of a record before the step.
 */
export function checkHeads(run: ModelRun, { image }: Crashed, least: 'floor' | 'known'): void {
  const { alike, references } = run.world
  for (const ledger of modelLedgers) {
    const { [least]: lines, floor, epoch } = references[ledger]
    const head = headOf(image, ledger) ?? { count: 0, epoch: 0, trails: alike === 'same' }
    require(head.count >= lines, `the head record of ${ledger} knows ${head.count} lines, at least ${lines} by right`)
    require(head.epoch >= epoch, `the head record of ${ledger} is of epoch ${head.epoch}, at least ${epoch} by right`)
    if (alike !== undefined) requireSame(head.trails === true, alike === 'same', `the head record of ${ledger} trails`)
    if (head.count < floor) count(run, 'acknowledged lines above a head record', floor - head.count)
  }
}

/**
 * After a crash, with a daemon on what it left: ledgers that must stop in doubt do, no other does, and a repair ends it.
 * `cut`: power goes again while the first repair is under way.
 */
export async function settleDoubts(run: ModelRun, { image }: Crashed, cut?: PowerCut): Promise<void> {
  const { world } = run
  for (const ledger of modelLedgers) {
    const bytes = ledgerBytes(image, ledger)
    const head = headOf(image, ledger)
    const right = endOfRecords(bytes)
    // Something that is no record stands before one: that is a torn group, or it is damage. A repair that has begun is finished.
    const isExpected = head?.trails === true && !isBeingRepaired(image, ledger) && hasRecordBehind(bytes, right)
    const { reason } = world.engine.has(ledger) ? await world.engine.stat(ledger) : {}
    requireSame(reason === 'tail-in-doubt', isExpected, `${ledger} is in doubt`)
    if (!isExpected) continue
    count(run, 'doubts')
    await serveInDoubt(run, ledger, bytes, head.count)
    const left = await repairDoubt(run, ledger, bytes, cut)
    world.start()
    if (left !== undefined) await settleDoubts(run, left)
    await checkRepaired(world, ledger, bytes, right)
    count(run, 'doubts settled')
    // All others are as before, or were looked at behind the second cut.
    return
  }
}

/** Everything acknowledged is in the file, lines that are known to be right are given out, and nothing is taken. */
async function serveInDoubt(run: ModelRun, ledger: ModelLedger, bytes: Buffer, trusted: number): Promise<void> {
  const { world } = run
  await world.settle()
  requireSame(world.stopsSince(0), [`${ledger}: tail-in-doubt`], 'ledgers stopped')
  checkAcknowledged(world, ledger, bytes)
  await checkServed(world, ledger, trusted)
  requireSame(await refusalOf(world.read(ledger, trusted + 1, 4096)), 'LEDGER_STOPPED', 'a read beyond what is trusted')
  await world.settle()
  checkFollowersInDoubt(run, ledger, trusted)
  const draft = { n: run.nextNumber++, version: 0, textLength: 4, isBad: false }
  const answers = world.send(world.engine, ledger, [{ drafts: [draft], isAtomic: false, expectSize: undefined }])
  requireSame(await answers, [['LEDGER_STOPPED tail-in-doubt absent']], 'an append to a ledger in doubt')
  const other = modelLedgers.find((name) => name !== ledger) ?? ledger
  const bystander = sendAll(run, other, [plain])
  requireSame(await bystander.answers, bystander.expected, 'what a ledger beside one in doubt answers')
  await world.settle()
}

/**
 * The operator is told that a daemon holds the file, that the next one knows no better, and what a repair does; and has it
 * done. Returns what the disk has if power goes meanwhile.
 */
async function repairDoubt(
  run: ModelRun,
  ledger: ModelLedger,
  bytes: Buffer,
  cut: PowerCut | undefined,
): Promise<Crashed | undefined> {
  const { world } = run
  requireSame(await refusalOf(repair(world, ledger)), 'LEDGER_LOCKED', 'a repair while a daemon holds the file')
  await world.stop()
  world.start()
  requireSame(
    (await world.engine.stat(ledger)).reason,
    'tail-in-doubt',
    'what the next daemon says of a ledger in doubt',
  )
  await world.stop()
  const untouched = world.disk.image()
  require(ledgerBytes(untouched, ledger).equals(bytes), 'bytes of a ledger in doubt were changed')
  const plan = lookAt(placeOf(ledger), worldEvents)
  require(plan.verdict === 'repairable', `a doubt is not repairable: ${plan.message}`)
  require(plan.message.includes('may have been acknowledged'), `nobody was warned: ${plan.message}`)
  require(isSameImage(world.disk.image(), untouched), 'a look changed the disk')
  await repair(world, ledger)
  if (cut !== undefined) {
    count(run, 'repairs cut')
    return await world.crash(cut.after, cut)
  }
  await world.settle()
  return undefined
}

/** The file has every record up to the doubt, and what it had behind lies aside. */
async function checkRepaired(world: ModelWorld, ledger: ModelLedger, bytes: Buffer, right: number): Promise<void> {
  requireSame((await world.engine.stat(ledger)).state, 'open', 'a ledger whose doubt is settled')
  const image = world.disk.image()
  const after = ledgerBytes(image, ledger)
  require(after.equals(bytes.subarray(0, right)), `the repair left ${after.length} bytes, ${right} are right`)
  requireSame(checkRepair({ ledger, before: bytes, after, aside: asideOf(image, ledger) }), [], 'the copy aside')
}

/** Receipts and what followers saw, held against the bytes as the crash left them. */
function checkAcknowledged(world: ModelWorld, ledger: ModelLedger, bytes: Buffer): void {
  const seen = world.followers
    .flatMap((follower) => follower.seen)
    .filter((line) => line.ledger === ledger)
    .map(({ seq, line }) => ({
      ledger,
      seq,
      eventId: eventIdIn(line) ?? '',
      leafHash: leafHexOf(line),
      durable: 'fsync',
    }))
  const evidence = { receipts: [...receiptsOf(world, ledger), ...seen], followers: [] }
  const sent = sentTo(world, ledger)
  const found = checkLedger({ ledger, bytes, evidence, identityOf: eventIdIn, sent, tail: 'running' })
  requireSame(found, [], `the file of ${ledger}, in doubt`)
}

/** One that has seen more than can be trusted now is sent away, not lied to; the others have all that can be. */
function checkFollowersInDoubt(run: ModelRun, ledger: ModelLedger, trusted: number): void {
  const { world } = run
  const { lines } = world.references[ledger]
  for (const follower of world.followers.filter(({ wish }) => wish.ledger === ledger)) {
    const { start, next, ended, seen } = follower
    requireSame(ended, next > trusted ? 'LEDGER_STOPPED' : undefined, `a follower at ${next} of ${trusted} ended`)
    if (ended !== undefined) count(run, 'followers sent away in doubt')
    const end = Math.max(next, trusted)
    const wanted = lines.flatMap((draft, seq) => (seq >= start && seq < end && follower.wants(draft) ? [seq] : []))
    const numbers = seen.map(({ seq }) => seq)
    requireSame(numbers, wanted, `a follower of ${ledger} from ${start}, in doubt, saw`)
    for (const { seq, line } of seen) world.expectLine(ledger, seq, line)
  }
}

/** What it did is judged by the disk, not by what it says. */
function repair(world: ModelWorld, ledger: ModelLedger): Promise<unknown> {
  return applyRepair(placeOf(ledger), worldEvents, () => world.clockMs++)
}

function placeOf(ledger: ModelLedger): RepairPlace {
  const file = `${ledger}.jsonl`
  const sidecar = path.join(memoryRoot, '.ledgerd/ledgers', file)
  return { file: path.join(memoryRoot, file), ledger, sidecar, dataFolder: memoryRoot }
}

function headOf(image: FolderImage, ledger: ModelLedger): HeadRecord | undefined {
  const file = image.get(`.ledgerd/ledgers/${ledger}.jsonl/head`)
  return file instanceof Buffer ? newestHead(file) : undefined
}

/** Where the first line begins that is no record; the end when all are. */
function endOfRecords(bytes: Buffer): number {
  let end = 0
  for (const line of splitAtLineFeeds(bytes).lines) {
    if (!isRecord(line)) return end
    end += line.length + 1
  }
  return end
}

/** True if one of the lines behind the one that begins at `start` is a record. */
function hasRecordBehind(bytes: Buffer, start: number): boolean {
  const { lines, rest } = splitAtLineFeeds(bytes.subarray(start))
  return [...lines, rest].slice(1).some(isRecord)
}

function isBeingRepaired(image: FolderImage, ledger: ModelLedger): boolean {
  return image.has(`.ledgerd/ledgers/${ledger}.jsonl/redo`)
}

function isSameImage(left: FolderImage, right: FolderImage): boolean {
  const isSame = ([name, content]: [string, Buffer | 'folder']): boolean => {
    const other = right.get(name)
    return content === 'folder' || other === 'folder' ? content === other : other?.equals(content) === true
  }
  return left.size === right.size && [...left].every(isSame)
}
