// Suite D of reliability §11 on a whole machine: its kernel, its page cache and its file system lose their power together with
// the daemon, while it serves clients, and so does the disk with what it had not flushed. QEMU is killed, so that nothing inside
// takes part in it; then the disk is judged here, before anything has recovered and after it. Between two cuts the daemon
// recovers here, once or twice, or in the machine. What firmware and the metal of a disk do this cannot show.
import type { Violation } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import { ask } from '../../test/http-caller.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds } from './add-rounds.ts'
import { FolderJudge, unconfirmedBytes } from './folder-judge.ts'
import { GuestEvidence } from './guest-evidence.ts'
import { GuestDisk } from './guest-disk.ts'
import { GuestMachine, type GuestParts, type GuestRecord } from './guest-machine.ts'
import { pause } from './steady-load.ts'
import { type CutWay, cutWays } from './surviving-writes.ts'

export interface QemuCutOptions {
  readonly suite: string
  readonly parts: GuestParts
  readonly cuts: number
  readonly seed: number
  readonly random: () => number
  /** For the proof that it can fail: what says yes and does nothing, the syncs of the daemon or the flushes of its disk. */
  readonly without?: 'syncs' | 'flushes'
}

const ledgers = ['worlds/hall', 'worlds/yard', 'worlds/deep/cellar']
/** So that looking through everything after each cut stays quick. */
const cutsPerDisk = 25
/** Receipts that a boot must have given before its power goes under load. */
const receiptsMin = 20
/** Chances, one cut at a time: that it comes while the daemon starts; that the daemon recovers here, and once more. */
const earlyChance = 0.2
const hereChance = 0.5
const againChance = 0.5
const pauseMaxMs = 2000

/** Cuts the power under load until it was cut often enough, or something was lost. */
export async function runQemuCuts(options: QemuCutOptions): Promise<SuiteReport> {
  const { suite, cuts, seed } = options
  const counts = { ...newCounts(), disks: 0 }
  const isEnough = (): boolean => counts.cuts >= cuts
  const violations = await addRounds(counts, isEnough, async () => {
    const world = new MachineWorld(options)
    await world.run(Math.min(cutsPerDisk, cuts - counts.cuts))
    return { counts: { ...world.counts, disks: 1 }, violations: world.violations }
  })
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'cuts under load', value: counts.cuts, min: cuts },
      { name: 'receipts', value: counts.receipts, min: cuts * receiptsMin },
      { name: 'lines seen by followers', value: counts.seenLines, min: cuts * receiptsMin },
      { name: 'unflushed writes lost', value: counts.unflushedLost, min: Math.floor(cuts / 10) },
      { name: 'unconfirmed tails', value: counts.unconfirmedTails, min: Math.floor(cuts / 25) },
    ],
    seed,
    notRun: [],
  }
}

function newCounts() {
  const told = { receipts: 0, seenLines: 0, unflushedLost: 0, unconfirmedTails: 0 }
  return { cuts: 0, early: 0, ...told, recoveredHere: 0, recoveredTwice: 0, recoveredInside: 0 }
}

/** One disk, the machine that it is in, and what its clients said. */
class MachineWorld {
  readonly counts = newCounts()
  readonly #options: QemuCutOptions
  readonly #at = scratch()
  readonly #disk = new GuestDisk(`${this.#at.socket}.image`)
  readonly #evidence = new GuestEvidence(ledgers)
  readonly #judge: FolderJudge
  /** When the clients of this boot began. */
  #beganMs = 0
  /** How long the last start of a daemon took in there. */
  #startMs = 5000
  /** What becomes of unflushed writes at the next cut. */
  #way: CutWay = 'unflushed'
  /** Nothing has recovered since the last cut. */
  #isAsCut = false

  constructor(options: QemuCutOptions) {
    this.#options = options
    this.#judge = new FolderJudge(this.#disk.folder, { evidence: this.#evidence, sent: () => this.#evidence.sent })
  }

  get violations(): readonly Violation[] {
    return this.#judge.violations
  }

  async run(cuts: number): Promise<void> {
    const { random } = this.#options
    try {
      while (this.counts.cuts < cuts && this.violations.length === 0) {
        await (random() < earlyChance ? this.#cutWhileStarting() : this.#cutUnderLoad())
        const isLast = this.counts.cuts === cuts
        if (this.violations.length === 0 && (isLast || random() < hereChance)) await this.#recoverHere()
        this.#disk.leave()
      }
    } catch (error) {
      this.#judge.say('misbehaved', '*', `after ${this.counts.cuts} cuts: ${String(error)}`)
    } finally {
      this.counts.receipts = this.#evidence.receipts.length
      this.counts.seenLines = this.#evidence.seenLines
      this.#disk.remove()
      this.#at.remove()
    }
  }

  async #cutUnderLoad(): Promise<void> {
    const { receipts } = this.#evidence
    const enough = receipts.length + receiptsMin
    const machine = await this.#switchOn()
    await machine.until(() => receipts.length >= enough || this.violations.length > 0)
    await pause(this.#options.random() * pauseMaxMs)
    if (this.#way !== 'prefix') await this.#disk.untilUnflushed(pauseMaxMs)
    await machine.cut()
    if (this.#isAsCut) this.counts.recoveredInside++
    this.counts.cuts++
    this.#judgeCrashed()
  }

  /** At any time from when its disk is there to the recovery of ledgers that clients wait for. */
  async #cutWhileStarting(): Promise<void> {
    const machine = await this.#switchOn()
    await pause(this.#options.random() * this.#startMs * 1.3)
    await machine.cut()
    this.counts.early++
    this.#judgeCrashed()
  }

  async #switchOn(): Promise<GuestMachine> {
    const { parts, without } = this.#options
    const load = this.#evidence.nextLoad(without !== 'syncs')
    const isFlushing = without !== 'flushes'
    const files = { parts, disk: this.#disk.plugIn(), isFlushing, console: `${this.#at.socket}.console` }
    return await GuestMachine.boot(files, load, (record) => this.#note(record))
  }

  #note(record: GuestRecord): void {
    if (record.said === 'began') this.#beganMs = performance.now()
    if (record.said === 'serving') this.#startMs = performance.now() - this.#beganMs
    const violation = this.#evidence.note(record)
    if (violation !== undefined) this.#judge.violations.push(violation)
  }

  #judgeCrashed(): void {
    const { counts } = this
    const way = this.#way
    this.#way = cutWays[(cutWays.indexOf(way) + 1) % cutWays.length] as CutWay
    counts.unflushedLost += this.#disk.pullOut(way, this.#options.random)
    this.#isAsCut = true
    counts.unconfirmedTails += ledgers.filter((ledger) => unconfirmedBytes(this.#disk.folder, ledger) > 0).length
    this.#judge.judgeCrashed(`cut ${counts.cuts}, early ${counts.early}, ${way}`)
  }

  /** As on the machine that the disk is put into next; a second recovery changes nothing. */
  async #recoverHere(): Promise<void> {
    await this.#recoverOnce()
    this.counts.recoveredHere++
    this.#isAsCut = false
    if (this.#options.random() >= againChance) return
    await this.#recoverOnce()
    this.counts.recoveredTwice++
  }

  async #recoverOnce(): Promise<void> {
    const daemon = await DaemonProcess.start(this.#disk.folder, this.#at.socket)
    const door = { name: 'local socket', socket: this.#at.socket }
    for (const ledger of ledgers) await ask(door, { path: `/v1/ledgers/${ledger}/lines?limit=1` })
    await daemon.kill('SIGKILL')
    this.#judge.judgeRecovered(`recovered after cut ${this.counts.cuts}, early ${this.counts.early}`)
  }
}
