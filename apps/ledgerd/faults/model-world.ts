// The real side of a history: the daemon's engine on a disk in memory, its followers, and everything that is told to
// clients, in the order in which it happened, so that a crash can cut it anywhere. Nothing here waits for real time.
import { setImmediate as turn } from 'node:timers/promises'
import { LedgerError } from '@ledgerd/schema'
import { CrashDisk, type DiskOp, type FolderImage, leafHexOf, MemoryDisk, splitAtLineFeeds } from '@ledgerd/testkit'
import type { SecondSync } from '../src/config.ts'
import type { AppendResult, Engine } from '../src/engine/ports.ts'
import { idOf, type MemoryDaemon, openMemoryDaemon } from './memory-daemon.ts'
import { mount } from './memory-doors.ts'
import { type Crashed, crashed, type CrashWish, isSync } from './model-crash.ts'
import { formatDraft, isLineOf } from './model-draft.ts'
import { type FollowWish, ModelFollower } from './model-follower.ts'
import { type ModelRequest, Reference } from './model-reference.ts'

export const modelLedgers = ['worlds/hall', 'worlds/yard'] as const
export type ModelLedger = (typeof modelLedgers)[number]

/** With a sidecar folder the daemon asks nothing of the folder above, which is on the machine's own disk. */
const prepared: FolderImage = new Map([['.ledgerd', 'folder']])

type Happening = { readonly op: DiskOp } | { readonly effect: () => void }

/** A disk whose kernel lock may be out of order: then whoever asks takes it from its holder, who is not told. */
class RobbableDisk extends MemoryDisk {
  isLockBroken = false
  readonly #holders: Map<number, number> = new Map()

  override lock(fd: number): boolean {
    const { ino } = this.nodeOf(fd)
    if (this.isLockBroken || !this.#holders.has(ino)) this.#holders.set(ino, fd)
    return this.#holders.get(ino) === fd
  }

  override close(fd: number): void {
    const { ino } = this.nodeOf(fd)
    if (this.#holders.get(ino) === fd) this.#holders.delete(ino)
    super.close(fd)
  }
}

/** Defects that the model must find: syncs that do nothing, and an engine that takes other content under a known identity. */
export type ModelPlant = 'syncs do nothing' | 'content is not compared'

export interface ModelWorldOptions {
  /** Groups up to this size are committed without the thread pool. */
  readonly inlineBytesMax: number
  /** What the second syncs of its daemons cover. `in turns`: every other daemon has the other. */
  readonly secondSync: SecondSync | 'in turns'
  readonly plant: ModelPlant | undefined
}

export class ModelWorld {
  readonly references: Readonly<Record<ModelLedger, Reference>> = {
    'worlds/hall': new Reference(),
    'worlds/yard': new Reference(),
  }
  readonly followers: ModelFollower[] = []
  /** Leaf hashes by ledger and sequence number, as receipts and reads told them. */
  readonly #leaves: Record<ModelLedger, string[]> = { 'worlds/hall': [], 'worlds/yard': [] }
  #disk: RobbableDisk
  #survivors: CrashDisk
  #daemon: MemoryDaemon
  /** What happened and has not been given its effect yet. */
  #happenings: Happening[] = []
  #daemons = 0
  clockMs: number = Date.UTC(2026, 0, 1)
  readonly #options: ModelWorldOptions

  constructor(options: ModelWorldOptions) {
    this.#options = options
    this.#disk = new RobbableDisk()
    this.#survivors = new CrashDisk(prepared, new Map())
    this.#daemon = this.#mount(prepared)
  }

  get engine(): Engine {
    return this.#daemon.engine
  }

  /** What the second syncs of this daemon cover. */
  get secondSync(): SecondSync {
    return this.#daemon.secondSync
  }

  /** What those of all its daemons do; undefined where they differ. */
  get alike(): SecondSync | undefined {
    const { secondSync } = this.#options
    return secondSync === 'in turns' ? undefined : secondSync
  }

  get disk(): RobbableDisk {
    return this.#disk
  }

  /** Everything that happened takes effect: receipts are with their clients, frames have arrived. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 3; turns++) await turn()
    for (const happening of this.#happenings.splice(0)) this.#take(happening)
  }

  /** Sends requests at once and says what became of each draft, in the words of the reference. */
  send(
    engine: Engine,
    ledger: ModelLedger,
    requests: readonly ModelRequest[],
  ): Promise<readonly (readonly string[])[]> {
    return Promise.all(
      requests.map(async ({ drafts, isAtomic, expectSize }) => {
        const expect = expectSize === undefined ? undefined : { size: expectSize }
        const isBlind = this.#options.plant === 'content is not compared'
        const sent = isBlind ? drafts.map((draft) => ({ ...draft, version: 0 })) : drafts
        const bytes = Buffer.from(sent.map(formatDraft).join(''))
        try {
          const result = await engine.append({ ledger, drafts: bytes, count: drafts.length, isAtomic, expect })
          return this.#outcomesOf(
            ledger,
            result,
            drafts.map(({ n }) => idOf(n)),
          )
        } catch (error) {
          if (error instanceof LedgerError) return [describe(error)]
          throw error
        }
      }),
    )
  }

  /** Every line that the daemon gives out of a ledger, from `from` on; each must be the reference's. */
  async read(ledger: ModelLedger, from: number, bytesMax: number): Promise<number> {
    const reader = await this.engine.reader(ledger)
    const run = await reader.read(from, bytesMax)
    const { lines, rest } = splitAtLineFeeds(Buffer.from(run.bytes))
    if (lines.length !== run.count || rest.length > 0)
      throw new Error(`${run.count} lines were said, ${lines.length} came`)
    for (const [at, line] of lines.entries()) this.expectLine(ledger, from + at, line)
    return run.count
  }

  /** Throws unless the line is the one that the reference has at that place, byte for byte as it was first seen. */
  expectLine(ledger: ModelLedger, seq: number, line: Uint8Array): void {
    const draft = this.references[ledger].lines[seq]
    if (draft === undefined) throw new Error(`seq ${seq} of ${ledger} is a phantom`)
    if (!isLineOf(line, draft)) throw new Error(`seq ${seq} of ${ledger} is not draft ${draft.n}`)
    this.#keepLeaf(ledger, seq, leafHexOf(line))
  }

  leavesOf(ledger: ModelLedger): readonly string[] {
    return this.#leaves[ledger]
  }

  runLater(): void {
    this.#daemon.runLater()
  }

  /** What was put off is done while nothing is under way: head records have caught up. */
  async catchUp(): Promise<void> {
    this.runLater()
    await this.settle()
    for (const ledger of modelLedgers) this.references[ledger].known = this.references[ledger].floor
  }

  /** Lines of a crash's loser are forgotten. */
  settleAt(ledger: ModelLedger, length: number): void {
    this.references[ledger].settle(length)
    this.#leaves[ledger].length = Math.min(this.#leaves[ledger].length, length)
  }

  follow(wish: FollowWish, start: number): ModelFollower {
    const follower = new ModelFollower(wish, start, (effect) => void this.#happenings.push({ effect }))
    this.followers.push(follower)
    follower.attach(this.engine)
    return follower
  }

  stopsSince(before: number): readonly string[] {
    return this.#daemon.stops.slice(before)
  }

  /** The machine loses power after so much of what happened since it settled. Nothing runs afterwards until `start`. */
  async crash(afterShare: number, wish: CrashWish): Promise<Crashed> {
    for (let turns = 0; turns < 3; turns++) await turn()
    this.#disk.onOp = undefined
    const happenings = this.#happenings.splice(0)
    const cut = Math.floor(afterShare * (happenings.length + 1))
    const done = happenings.slice(0, cut)
    const last =
      wish.lastSync === 'void' ? done.findLastIndex((happening) => 'op' in happening && isSync(happening.op)) : -1
    const isVoid = last >= 0
    // The daemon goes on for a moment behind such a sync, and tells its clients.
    for (const [at, happening] of done.entries())
      if (!isVoid || at < last || 'effect' in happening) this.#take(happening)
    const next = isVoid ? undefined : happenings.slice(cut).find((happening) => 'op' in happening)
    for (const follower of this.followers) follower.detach()
    const left = crashed(this.#survivors, next !== undefined && 'op' in next ? next.op : undefined, wish)
    this.#happenings = []
    this.#mountOnly(left.image)
    return { ...left, isVoid, isAfterAll: cut === happenings.length && !isVoid }
  }

  /** A daemon on the disk as it is; followers come back to it. */
  start(): void {
    this.#daemon = this.#open()
    for (const follower of this.followers) follower.attach(this.engine)
  }

  /** The daemon goes down in order. */
  async stop(): Promise<void> {
    for (const follower of this.followers) follower.detach()
    await this.engine.close()
    await this.settle()
  }

  /** A second daemon on the same disk, while the first one lives. */
  rival(): MemoryDaemon {
    return this.#open()
  }

  /** The rival is the daemon from here on. */
  succeed(rival: MemoryDaemon): void {
    for (const follower of this.followers) follower.detach()
    this.#daemon = rival
    for (const follower of this.followers) follower.attach(this.engine)
  }

  #mount(image: FolderImage): MemoryDaemon {
    this.#mountOnly(image)
    return this.#open()
  }

  #mountOnly(image: FolderImage): void {
    this.#disk = new RobbableDisk(image)
    this.#survivors = new CrashDisk(image, this.#disk.inodes())
    this.#disk.onOp = (op) => {
      if (op.kind !== 'sync' || this.#options.plant !== 'syncs do nothing') this.#happenings.push({ op })
    }
    mount.mount(this.#disk)
  }

  #open(): MemoryDaemon {
    const { inlineBytesMax } = this.#options
    const secondSync = this.alike ?? (this.#daemons++ % 2 === 0 ? 'same' : 'head')
    return openMemoryDaemon({ inlineBytesMax, secondSync, nowMs: () => this.clockMs++ })
  }

  #take(happening: Happening): void {
    if ('op' in happening) this.#survivors.apply(happening.op)
    else happening.effect()
  }

  #outcomesOf(ledger: ModelLedger, result: AppendResult, ids: readonly string[]): readonly string[] {
    if (result.kind === 'plain')
      return ids.map((eventId, at) => {
        this.#acknowledge(ledger, result.seq + at, result.leafHashes[at] ?? '')
        return result.eventIds[at] === eventId ? `new ${result.seq + at}` : `an answer for ${result.eventIds[at]}`
      })
    return result.outcomes.map((outcome, at) => {
      if ('error' in outcome) return describe(outcome.error)
      this.#acknowledge(ledger, outcome.seq, outcome.leafHash)
      if (outcome.eventId !== ids[at]) return `an answer for ${outcome.eventId}`
      return `${outcome.isDuplicate ? 'again' : 'new'} ${outcome.seq}`
    })
  }

  /** A receipt is on its way to its client. */
  #acknowledge(ledger: ModelLedger, seq: number, leaf: string): void {
    const effect = (): void => {
      const reference = this.references[ledger]
      reference.floor = Math.max(reference.floor, seq + 1)
      this.#keepLeaf(ledger, seq, leaf)
    }
    this.#happenings.push({ effect })
  }

  #keepLeaf(ledger: ModelLedger, seq: number, leaf: string): void {
    const leaves = this.#leaves[ledger]
    if (leaves[seq] !== undefined && leaves[seq] !== leaf)
      throw new Error(`seq ${seq} of ${ledger} has other bytes than before`)
    leaves[seq] = leaf
  }
}

function describe(error: LedgerError): string {
  const reason = error.details?.['reason']
  return error.code === 'LEDGER_STOPPED' ? `LEDGER_STOPPED ${String(reason)} ${String(error.outcome)}` : error.code
}
