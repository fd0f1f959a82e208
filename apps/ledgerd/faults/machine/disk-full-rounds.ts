// Suite F of reliability §11 on real file systems: something else fills the disk at some point of a group. What cannot be
// written is refused with BUSY, reading goes on, a daemon that starts on the full disk serves, and once there is room appends
// go on by themselves within 5 s. Nothing acknowledged is missing, and everything that was sent gets its receipt.
import path from 'node:path'
import type { KeptReceipt, Violation } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import { ask } from '../../test/http-caller.ts'
import { translation } from '../../test/turns.ts'
import { idIn, PostingClient } from '../posting-client.ts'
import type { SuiteReport } from '../suite-report.ts'
import type { RoundOptions } from './add-rounds.ts'
import { untilServed } from './eventually-served.ts'
import type { RoomTaker } from './fill-disk.ts'
import { FolderJudge, unconfirmedBytes } from './folder-judge.ts'
import type { Mounted } from './mounted-disk.ts'
import { openWorld, pause, type World } from './steady-load.ts'

export interface DiskFullOptions extends RoundOptions {
  /** A file system with nothing on it. */
  readonly mount: () => Mounted
  readonly takerOf: (disk: Mounted) => RoomTaker
  /** So many blocks are left at most; a batch takes about ten, and what the file system sets aside for them. */
  readonly roomBlocksMax: number
  /** Of a daemon that stands before a full disk. */
  readonly restartChance: number
  /** The error that a refused append names, besides being BUSY, once the daemon has tried to go on. */
  readonly errorName?: string
}

const hall = 'worlds/hall'
const yard = 'worlds/yard'
/** As a rule, and at most: a machine may have other things to do. */
const resumeMsMax = 5000
const slowestMsMax = 20_000
const linesInBatch = 40
const textBytes = 1000
const blockBytes = 4096
const lookMs = 50
/** For a daemon that tries again every two seconds. */
const namingPatienceMs = 20_000

/** Fills the disk again and again under one folder of ledgers. */
export async function runDiskFullRounds(options: DiskFullOptions): Promise<SuiteReport> {
  const { suite, rounds, seed, errorName, restartChance } = options
  const world = new FullWorld(options)
  await world.run()
  const { counts, violations } = world
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'rounds', value: counts.rounds, min: rounds },
      { name: 'disks that were full', value: counts.full, min: Math.floor(rounds * 0.7) },
      {
        name: 'restarts on a full disk',
        value: counts.restartsWhileFull,
        min: Math.floor((rounds * restartChance) / 4),
      },
      { name: 'receipts', value: counts.receipts, min: rounds * linesInBatch },
      { name: 'errors named', value: counts.named, min: errorName === undefined ? 0 : Math.floor(rounds * 0.5) },
    ],
    seed,
    notRun: [],
  }
}

class FullWorld {
  readonly counts = {
    rounds: 0,
    full: 0,
    tornGroups: 0,
    named: 0,
    restartsWhileFull: 0,
    receipts: 0,
    usualResumeMs: 0,
    slowestResumeMs: 0,
  }
  readonly #options: DiskFullOptions
  readonly #at = scratch()
  readonly #disk: Mounted
  readonly #folder: string
  readonly #taker: RoomTaker
  readonly #poster: PostingClient
  readonly #receipts: KeptReceipt[] = []
  readonly #sent: Set<string> = new Set()
  readonly #judge: FolderJudge
  readonly #resumeMs: number[] = []
  #next = 0

  constructor(options: DiskFullOptions) {
    this.#options = options
    this.#disk = options.mount()
    this.#folder = path.join(this.#disk.folder, 'data')
    this.#taker = options.takerOf(this.#disk)
    this.#poster = new PostingClient(this.#at.socket)
    const evidence = { receipts: this.#receipts, followers: [] }
    this.#judge = new FolderJudge(this.#folder, { evidence, sent: () => this.#sent })
  }

  get violations(): readonly Violation[] {
    return this.#judge.violations
  }

  async run(): Promise<void> {
    const { rounds } = this.#options
    const world = openWorld(hall, this.#at.socket)
    let daemon = await this.#start()
    try {
      while (this.counts.rounds < rounds && this.violations.length === 0) daemon = await this.#round(daemon, world)
      this.#judgeDelays()
      await daemon.kill('SIGKILL')
      this.#judge.judgeCrashed('at the end')
      daemon = await this.#start()
      for (const ledger of [hall, yard]) await this.#expectReceipt(ledger)
      await daemon.kill('SIGTERM')
      this.#judge.judgeRecovered('at the end')
    } catch (error) {
      this.#judge.say('misbehaved', hall, `round ${this.counts.rounds}: ${String(error)}`)
    } finally {
      world.abort('the suite is over')
      await daemon.kill('SIGKILL')
      this.counts.receipts = this.#receipts.length
      this.#disk.remove()
      this.#at.remove()
    }
  }

  /** Returns the daemon that serves now. */
  async #round(daemon: DaemonProcess, world: World): Promise<DaemonProcess> {
    const { random, roomBlocksMax, restartChance } = this.#options
    this.counts.rounds++
    // The daemon has just looked how much room there is, and looks again only after megabytes.
    for (const ledger of [hall, yard]) await this.#expectReceipt(ledger)
    this.#taker.fillTo(Math.floor(random() * roomBlocksMax) * blockBytes)
    const batch = this.#appendBatch(world)
    let serving = daemon
    if (await this.#isStopped(batch)) {
      this.counts.full++
      if (unconfirmedBytes(this.#folder, hall) > 0) this.counts.tornGroups++
      await this.#expectReading()
      await this.#expectNamed()
      if (random() < restartChance) serving = await this.#restart(daemon)
    }
    this.#taker.empty()
    await this.#expectResumed()
    await batch
    return serving
  }

  /** One group, which the client sends until it has a receipt for every line. */
  async #appendBatch(world: World): Promise<void> {
    const drafts = Array.from({ length: linesInBatch }, () => {
      const id = idIn(`${hall}#batch`, this.#next++)
      this.#sent.add(id)
      const turn = translation('batch', this.#next)
      return world.append('chat.translation', { ...turn, ic_output: 'so '.repeat(textBytes / 3) }, { id })
    })
    this.#receipts.push(...(await Promise.all(drafts)))
  }

  /** True once the ledger is stopped for the full disk; false when the group fitted after all. */
  async #isStopped(batch: Promise<void>): Promise<boolean> {
    let isDone = false
    const done = batch.then(() => (isDone = true))
    for (;;) {
      const { body } = await this.#get('/readyz')
      if (body.includes('"disk-full"')) return true
      if (isDone) return false
      await Promise.race([pause(lookMs), done])
    }
  }

  async #expectReading(): Promise<void> {
    for (const ledger of [hall, yard]) {
      const { status, body } = await this.#get(`/v1/ledgers/${ledger}/lines?limit=1`)
      if (status !== 200) this.#say(ledger, `it could not be read: ${status} ${body}`)
    }
    const answer = await this.#post('worlds/new')
    if (answer.kind !== 'receipt' && (answer.kind === 'silence' || answer.code !== 'BUSY'))
      this.#say('worlds/new', `a new ledger on the full disk got ${JSON.stringify(answer)}`)
  }

  /** A short write names no error; the next try does, unless one line alone finds room. */
  async #expectNamed(): Promise<void> {
    const { errorName } = this.#options
    if (errorName === undefined) return
    const startedMs = performance.now()
    for (;;) {
      const answer = await this.#post(hall)
      if (answer.kind === 'receipt') return
      const isBusy = answer.kind === 'refused' && answer.code === 'BUSY' && answer.reason === 'disk-full'
      const isNamed = isBusy && answer.message.includes(errorName)
      if (isNamed) this.counts.named++
      else if (!isBusy || performance.now() - startedMs > namingPatienceMs)
        this.#say(hall, `without room an append got ${JSON.stringify(answer)}`)
      if (isNamed || !isBusy || this.violations.length > 0) return
      await pause(lookMs)
    }
  }

  /** The client and its batch outlive it. */
  async #restart(daemon: DaemonProcess): Promise<DaemonProcess> {
    await daemon.kill('SIGKILL')
    this.#judge.judgeCrashed(`round ${this.counts.rounds}, killed on a full disk`)
    this.counts.restartsWhileFull++
    const next = await this.#start()
    await this.#expectReading()
    return next
  }

  async #expectResumed(): Promise<void> {
    for (const ledger of [hall, yard]) {
      const { answer, tookMs } = await untilServed(() => this.#post(ledger))
      if (answer.kind !== 'receipt') this.#say(ledger, `with room again an append got ${JSON.stringify(answer)}`)
      if (ledger === hall) this.#resumeMs.push(tookMs)
    }
  }

  #judgeDelays(): void {
    const sorted = this.#resumeMs.toSorted((left, right) => left - right)
    const [usual = 0, slowest = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
    this.counts.usualResumeMs = usual
    this.counts.slowestResumeMs = slowest
    if (usual > resumeMsMax || slowest > slowestMsMax)
      this.#say(hall, `it took ${usual} ms to go on as a rule and ${slowest} ms at most`)
  }

  async #expectReceipt(ledger: string): Promise<void> {
    const answer = await this.#post(ledger)
    if (answer.kind !== 'receipt') this.#say(ledger, `with room an append got ${JSON.stringify(answer)}`)
  }

  async #post(ledger: string): ReturnType<PostingClient['post']> {
    const n = this.#next++
    this.#sent.add(idIn(ledger, n))
    const answer = await this.#poster.post(ledger, n)
    if (answer.kind === 'receipt') this.#receipts.push(answer.receipt)
    return answer
  }

  #get(path: string): ReturnType<typeof ask> {
    return ask({ name: 'local socket', socket: this.#at.socket }, { path })
  }

  #start(): Promise<DaemonProcess> {
    return DaemonProcess.start(this.#folder, this.#at.socket)
  }

  #say(ledger: string, sentence: string): void {
    this.#judge.say('misbehaved', ledger, `round ${this.counts.rounds}: ${sentence}`)
  }
}
