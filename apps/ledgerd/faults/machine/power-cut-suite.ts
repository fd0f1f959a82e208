// Suite D of reliability §11: the power goes while the real daemon serves real clients on a real file system. The daemon is
// frozen, its file system shut down under it, the daemon killed, the disk mounted again as a machine would that boots; then
// the disk is judged, before and after the daemon has recovered it.
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import { ask } from '../../test/http-caller.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds } from './add-rounds.ts'
import { FolderJudge, unconfirmedBytes } from './folder-judge.ts'
import { freeze } from './frozen-daemon.ts'
import { type DiskKind, MountedDisk } from './mounted-disk.ts'
import { pause, SteadyLoad } from './steady-load.ts'

type JournaledDisk = Exclude<DiskKind, 'btrfs'>

export interface PowerCutOptions {
  readonly suite: string
  readonly kind: JournaledDisk
  readonly cuts: number
  readonly seed: number
  readonly random: () => number
  /** `frozen`: as a power cut, no receipt leaves afterwards. `running`: a sync in flight races the shutdown. */
  readonly writer: 'frozen' | 'running'
  readonly secondSync?: 'head' | 'same'
  /** Added to the daemon's environment. */
  readonly environment?: NodeJS.ProcessEnv
}

const ledgers = ['worlds/hall', 'worlds/yard', 'worlds/deep/cellar']
const sizeMb: Readonly<Record<JournaledDisk, number>> = { ext4: 320, xfs: 448 }
/** So that looking through everything after each cut stays quick. */
const cutsPerDisk = 12
/** Chances, one cut at a time: to strike while the daemon starts, and to be recovered once without anybody looking. */
const earlyChance = 0.3
const quietChance = 0.25
const flushChance = 0.3
const pauseMaxMs = 150

/** Cuts the power until it was cut often enough, or something was lost. */
export async function runPowerCutSuite(options: PowerCutOptions): Promise<SuiteReport> {
  const { suite, cuts, seed } = options
  const counts = { cuts: 0, disks: 0, receipts: 0, seenLines: 0, unconfirmedTails: 0, early: 0, recoveredTwice: 0 }
  const isEnough = (): boolean => counts.cuts >= cuts
  const violations = await addRounds(counts, isEnough, async () => {
    const world = new CutWorld(options)
    await world.run(Math.min(cutsPerDisk, cuts - counts.cuts))
    const { receipts, seenLines, unconfirmedTails, early, recoveredTwice } = world
    const added = { cuts: world.cuts, disks: 1, receipts, seenLines, unconfirmedTails, early, recoveredTwice }
    return { counts: added, violations: world.violations }
  })
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'cuts', value: counts.cuts, min: cuts },
      { name: 'receipts', value: counts.receipts, min: cuts * 10 },
      { name: 'lines seen by followers', value: counts.seenLines, min: cuts * 10 },
    ],
    seed,
    notRun: [],
  }
}

/** One disk, the daemon on it, and its clients. */
class CutWorld {
  cuts = 0
  unconfirmedTails = 0
  early = 0
  recoveredTwice = 0
  readonly #options: PowerCutOptions
  readonly #disk: MountedDisk
  readonly #folder: string
  readonly #at = scratch()
  readonly #load: SteadyLoad
  readonly #judge: FolderJudge
  /** How long the last start took. */
  #startMs = 500

  constructor(options: PowerCutOptions) {
    const { kind, random, writer } = options
    this.#options = options
    this.#disk = MountedDisk.make({ kind, sizeMb: sizeMb[kind] })
    this.#folder = path.join(this.#disk.folder, 'data')
    const isStopExpected = writer === 'running'
    this.#load = SteadyLoad.start({ socket: this.#at.socket, ledgers, writersPerLedger: 2, random, isStopExpected })
    this.#judge = new FolderJudge(this.#folder, { evidence: this.#load.evidence, sent: () => this.#load.sent })
  }

  get violations(): readonly Violation[] {
    const gaveUp = this.#load.failures.map(
      (sentence): Violation => ({ kind: 'misbehaved', ledger: '*', sentence: `a client gave up: ${sentence}` }),
    )
    return [...this.#judge.violations, ...gaveUp]
  }

  get receipts(): number {
    return this.#load.evidence.receipts.length
  }

  get seenLines(): number {
    return this.#load.evidence.followers.reduce((sum, seen) => sum + seen.length, 0)
  }

  async run(cuts: number): Promise<void> {
    const { random } = this.#options
    try {
      // The first start makes the folder, and is cut as well.
      await this.#cutWhileStarting()
      while (this.cuts < cuts && this.violations.length === 0) {
        if (random() < earlyChance) await this.#cutWhileStarting()
        else await this.#cutUnderLoad()
        if (random() < quietChance) await this.#recoverUnseen()
      }
      if (this.violations.length === 0) await this.#end()
    } catch (error) {
      this.#judge.say('misbehaved', '*', `after ${this.cuts} cuts: ${String(error)}`)
    } finally {
      this.#load.abort()
      this.#disk.remove()
      this.#at.remove()
    }
  }

  async #cutUnderLoad(): Promise<void> {
    const daemon = await this.#start(this.#at.socket)
    await this.#load.moved()
    await pause(this.#options.random() * pauseMaxMs)
    await this.#cut(daemon)
  }

  /** At any time from the first instruction to the recovery of ledgers that clients wait for. */
  async #cutWhileStarting(): Promise<void> {
    const { environment, random } = this.#options
    const daemon = DaemonProcess.spawn(this.#folder, this.#at.socket, [], environment)
    await pause(random() * this.#startMs * 1.3)
    this.early++
    await this.#cut(daemon)
  }

  async #cut(daemon: DaemonProcess): Promise<void> {
    const { random, writer } = this.#options
    if (writer === 'frozen') await freeze(daemon)
    this.#disk.goDown(random() < flushChance ? 'flushed' : 'lost')
    await daemon.kill('SIGKILL')
    await this.#load.cutOff()
    this.#disk.comeBack()
    this.cuts++
    this.unconfirmedTails += ledgers.filter((ledger) => unconfirmedBytes(this.#folder, ledger) > 0).length
    this.#judge.judgeCrashed(`cut ${this.cuts}`)
  }

  /** A recovery that ends in a kill, while no client can reach it: the next one finds its work and changes nothing. */
  async #recoverUnseen(): Promise<void> {
    const socket = `${this.#at.socket}q`
    const daemon = await this.#start(socket)
    const door = { name: 'local socket', socket }
    for (const ledger of ledgers) await ask(door, { path: `/v1/ledgers/${ledger}/lines?limit=1` })
    await daemon.kill('SIGKILL')
    this.#judge.judgeRecovered(`after recovering from cut ${this.cuts}`)
    this.recoveredTwice++
  }

  /** Everyone gets what is owed to them; then the daemon ends in order. */
  async #end(): Promise<void> {
    const daemon = await this.#start(this.#at.socket)
    await this.#load.stop()
    await daemon.kill('SIGTERM')
    this.#judge.judgeRecovered(`after ${this.cuts} cuts`)
  }

  async #start(socket: string): Promise<DaemonProcess> {
    const startedMs = performance.now()
    const { secondSync = 'head', environment } = this.#options
    const daemon = await DaemonProcess.start(this.#folder, socket, ['--second-sync', secondSync], environment)
    this.#startMs = performance.now() - startedMs
    return daemon
  }
}
