// Suite D of reliability §11 on a whole machine: its kernel, its page cache and its file system lose their power together with
// the daemon, while it serves clients. QEMU is killed, so that nothing inside takes part in it; then the disk is judged here,
// before anything has recovered and after it. Between two cuts the daemon recovers here, once or twice, or in the machine.
import fs from 'node:fs'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import { ask } from '../../test/http-caller.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds } from './add-rounds.ts'
import { FolderJudge, unconfirmedBytes } from './folder-judge.ts'
import { GuestEvidence } from './guest-evidence.ts'
import { GuestMachine, type GuestParts, type GuestRecord } from './guest-machine.ts'
import { MountedDisk } from './mounted-disk.ts'
import { pause } from './steady-load.ts'

export interface QemuCutOptions {
  readonly suite: string
  readonly parts: GuestParts
  readonly cuts: number
  readonly seed: number
  readonly random: () => number
  /** False: every sync of the daemon says yes and does nothing. */
  readonly isSyncing: boolean
}

const ledgers = ['worlds/hall', 'worlds/yard', 'worlds/deep/cellar']
const diskMb = 256
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
    ],
    seed,
    notRun: [],
  }
}

function newCounts() {
  const told = { receipts: 0, seenLines: 0, unconfirmedTails: 0 }
  return { cuts: 0, early: 0, ...told, recoveredHere: 0, recoveredTwice: 0, recoveredInside: 0 }
}

/** One disk, the machine that it is in, and what its clients said. */
class MachineWorld {
  readonly counts = newCounts()
  readonly #options: QemuCutOptions
  readonly #at = scratch()
  readonly #image: string
  readonly #disk: MountedDisk
  readonly #evidence = new GuestEvidence(ledgers)
  readonly #judge: FolderJudge
  /** When the clients of this boot began; 0 before. */
  #beganMs = 0
  /** How long the last start of a daemon took in there. */
  #startMs = 5000
  /** Nothing has recovered since the last cut. */
  #isAsCut = false

  constructor(options: QemuCutOptions) {
    this.#options = options
    this.#image = `${this.#at.socket}.image`
    fs.writeFileSync(this.#image, '')
    fs.truncateSync(this.#image, diskMb * 2 ** 20)
    this.#disk = MountedDisk.make({ kind: 'ext4', image: this.#image })
    this.#disk.unmount()
    this.#judge = new FolderJudge(this.#folder, { evidence: this.#evidence, sent: () => this.#evidence.sent })
  }

  get violations(): readonly Violation[] {
    return this.#judge.violations
  }

  async run(cuts: number): Promise<void> {
    const { random } = this.#options
    try {
      while (this.counts.cuts < cuts && this.violations.length === 0) {
        await (random() < earlyChance ? this.#cutWhileStarting() : this.#cutUnderLoad())
        this.#disk.mount()
        this.#judgeCrashed()
        const isLast = this.counts.cuts === cuts
        if (this.violations.length === 0 && (isLast || random() < hereChance)) await this.#recoverHere()
        this.#disk.unmount()
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
    const machine = this.#switchOn()
    await machine.until(() => receipts.length >= enough, 'so many receipts')
    await pause(this.#options.random() * pauseMaxMs)
    await machine.cut()
    if (this.#isAsCut) this.counts.recoveredInside++
    this.counts.cuts++
  }

  /** At any time from when its disk is there to the recovery of ledgers that clients wait for. */
  async #cutWhileStarting(): Promise<void> {
    const machine = this.#switchOn()
    await machine.until(() => this.#beganMs > 0, 'its disk')
    await pause(this.#options.random() * this.#startMs * 1.3)
    await machine.cut()
    this.counts.early++
  }

  #switchOn(): GuestMachine {
    this.#beganMs = 0
    const load = this.#evidence.nextLoad(this.#options.isSyncing)
    return new GuestMachine(this.#options.parts, this.#image, load, (record) => this.#note(record))
  }

  #note(record: GuestRecord): void {
    if (record.said === 'began') this.#beganMs = performance.now()
    if (record.said === 'serving') this.#startMs = performance.now() - this.#beganMs
    const violation = this.#evidence.note(record)
    if (violation !== undefined) this.#judge.violations.push(violation)
  }

  #judgeCrashed(): void {
    this.#isAsCut = true
    this.counts.unconfirmedTails += ledgers.filter((ledger) => unconfirmedBytes(this.#folder, ledger) > 0).length
    this.#judge.judgeCrashed(`cut ${this.counts.cuts}, early ${this.counts.early}`)
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
    const daemon = await DaemonProcess.start(this.#folder, this.#at.socket)
    const door = { name: 'local socket', socket: this.#at.socket }
    for (const ledger of ledgers) await ask(door, { path: `/v1/ledgers/${ledger}/lines?limit=1` })
    await daemon.kill('SIGKILL')
    this.#judge.judgeRecovered(`recovered after cut ${this.counts.cuts}, early ${this.counts.early}`)
  }

  get #folder(): string {
    return path.join(this.#disk.folder, 'data')
  }
}
