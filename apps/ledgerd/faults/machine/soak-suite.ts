// Suite T of reliability §11: every fault of the machine by chance, one after the other, on one disk and under one load, for as
// long as there is time. Faults meet what earlier faults left.
import fs from 'node:fs'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import type { SuiteReport } from '../suite-report.ts'
import { Filler } from './fill-disk.ts'
import { FolderJudge, unconfirmedBytes } from './folder-judge.ts'
import { freeze, thaw } from './frozen-daemon.ts'
import { MountedDisk } from './mounted-disk.ts'
import { shimmed } from './native.ts'
import { standing } from './standing-daemon.ts'
import { pause, SteadyLoad } from './steady-load.ts'

export interface SoakOptions {
  readonly suite: string
  readonly minutes: number
  readonly seed: number
  readonly random: () => number
}

const ledgers = ['worlds/hall', 'worlds/yard', 'kept/cellar']
const sizeMb = 320
/** So that looking through everything after each fault stays quick. */
const faultsPerDisk = 25
const faults = [
  'kill',
  'orderly end',
  'power cut',
  'racing cut',
  'pause',
  'full disk',
  'failed call',
  'torn write',
] as const
type Fault = (typeof faults)[number]
/** Of the ledger's own file, by the shim: a sync or a write that fails, its bytes kept or dropped. */
const failedCalls = ['sync 1 5', 'sync 1 after:5', 'sync 1 drop:5', 'write 1 5', 'write 1 after:5', 'write 1 122']

/** Faults until the time is over. */
export async function runSoak({ suite, minutes, seed, random }: SoakOptions): Promise<SuiteReport> {
  const untilMs = performance.now() + minutes * 60_000
  const counts: Record<string, number> = { faults: 0, disks: 0, receipts: 0, seenLines: 0, unconfirmedTails: 0 }
  for (const fault of faults) counts[fault] = 0
  const violations: Violation[] = []
  while (performance.now() < untilMs && violations.length === 0) {
    const disk = new SoakedDisk(random, counts)
    await disk.run(untilMs)
    counts['disks'] = (counts['disks'] ?? 0) + 1
    violations.push(...disk.violations)
  }
  const guards = faults.map((fault) => ({ name: fault, value: counts[fault] ?? 0, min: 1 }))
  const receipts = { name: 'receipts', value: counts['receipts'] ?? 0, min: (counts['faults'] ?? 0) * 5 }
  return { suite, counts, violations, guards: [...guards, receipts], seed, notRun: [] }
}

class SoakedDisk {
  readonly #random: () => number
  readonly #counts: Record<string, number>
  readonly #at = scratch()
  readonly #disk = MountedDisk.make({ kind: 'ext4', sizeMb, formatArgs: ['-m', '0'] })
  readonly #folder: string
  readonly #filler: Filler
  readonly #faultFile: string
  readonly #load: SteadyLoad
  readonly #judge: FolderJudge
  #daemon: DaemonProcess | undefined

  constructor(random: () => number, counts: Record<string, number>) {
    this.#random = random
    this.#counts = counts
    this.#folder = path.join(this.#disk.folder, 'data')
    this.#filler = new Filler(this.#disk.folder)
    this.#faultFile = `${this.#at.socket}.fault`
    const { socket } = this.#at
    this.#load = SteadyLoad.start({ socket, ledgers, writersPerLedger: 2, random, isStopExpected: true })
    const { evidence, sent } = this.#load
    this.#judge = new FolderJudge(this.#folder, { evidence, sent: () => sent })
  }

  get violations(): readonly Violation[] {
    return this.#judge.violations
  }

  async run(untilMs: number): Promise<void> {
    let fault: Fault | undefined
    try {
      await this.#start()
      for (let at = 0; at < faultsPerDisk && performance.now() < untilMs && this.violations.length === 0; at++) {
        await this.#load.moved()
        await pause(this.#random() * 100)
        fault = faults[Math.floor(this.#random() * faults.length)] as Fault
        await this.#strike(fault)
        this.#count(fault)
        this.#count('faults')
      }
      await this.#load.moved()
      await this.#load.stop()
      await this.#daemon?.kill('SIGTERM')
      this.#judge.judgeRecovered('at the end')
    } catch (error) {
      this.#judge.say('misbehaved', '*', `after ${fault}: ${String(error)}; ${standing(this.#daemon)}`)
    } finally {
      for (const sentence of this.#load.failures) this.#judge.say('misbehaved', '*', `a client gave up: ${sentence}`)
      this.#load.abort()
      await this.#daemon?.kill('SIGKILL')
      const { receipts, followers } = this.#load.evidence
      this.#count('receipts', receipts.length)
      this.#count(
        'seenLines',
        followers.reduce((sum, { length }) => sum + length, 0),
      )
      this.#disk.remove()
      this.#at.remove()
    }
  }

  async #strike(fault: Fault): Promise<void> {
    const daemon = this.#daemon
    if (daemon === undefined) return
    if (fault === 'kill') await this.#restartAfter(() => daemon.kill('SIGKILL'), fault)
    if (fault === 'orderly end') await this.#restartAfter(() => daemon.kill('SIGTERM'), fault)
    if (fault === 'power cut' || fault === 'racing cut') await this.#restartAfter(() => this.#cut(daemon, fault), fault)
    if (fault === 'pause') await this.#pause(daemon)
    if (fault === 'full disk') await this.#fill()
    if (fault === 'failed call') await this.#restartAfter(() => this.#fail(daemon), fault)
    if (fault === 'torn write') await this.#restartAfter(() => this.#tear(daemon), fault)
  }

  async #restartAfter(end: () => Promise<unknown>, fault: Fault): Promise<void> {
    await end()
    await this.#load.cutOff()
    this.#count('unconfirmedTails', ledgers.filter((ledger) => unconfirmedBytes(this.#folder, ledger) > 0).length)
    this.#judge.judgeCrashed(fault)
    await this.#start()
  }

  async #cut(daemon: DaemonProcess, fault: Fault): Promise<void> {
    if (fault === 'power cut') await freeze(daemon)
    this.#disk.goDown(this.#random() < 0.3 ? 'flushed' : 'lost')
    await daemon.kill('SIGKILL')
    await this.#load.cutOff()
    this.#disk.comeBack()
    // Nobody has synced the end of what filled the disk: with the power it may have come back.
    this.#filler.empty()
  }

  async #pause(daemon: DaemonProcess): Promise<void> {
    await freeze(daemon)
    await pause(this.#random() * 1000)
    thaw(daemon)
  }

  async #fill(): Promise<void> {
    this.#filler.fillTo(Math.floor(this.#random() * 10) * 4096)
    await pause(this.#random() * 1000)
    this.#filler.empty()
  }

  async #fail(daemon: DaemonProcess): Promise<void> {
    this.#arm(failedCalls[Math.floor(this.#random() * failedCalls.length)] as string)
    await this.#struck()
    await pause(this.#random() * 300)
    await daemon.kill(this.#random() < 0.5 ? 'SIGKILL' : 'SIGTERM')
  }

  async #tear(daemon: DaemonProcess): Promise<void> {
    this.#arm(`write 1 torn:${1 + Math.floor(this.#random() * 3000)}`)
    let hasEnded = false
    void daemon.exited.then(() => (hasEnded = true))
    await this.#until(() => hasEnded)
    fs.rmSync(this.#faultFile, { force: true })
  }

  #arm(fault: string): void {
    const ledger = ledgers[Math.floor(this.#random() * ledgers.length)] as string
    fs.rmSync(`${this.#faultFile}.struck`, { force: true })
    fs.writeFileSync(`${this.#faultFile}.new`, `${fault} ${path.join(this.#folder, `${ledger}.jsonl`)}`)
    fs.renameSync(`${this.#faultFile}.new`, this.#faultFile)
  }

  async #struck(): Promise<void> {
    await this.#until(() => fs.existsSync(`${this.#faultFile}.struck`))
    fs.rmSync(this.#faultFile, { force: true })
  }

  /** A fault strikes by the hand of the load: once a client has given up, none will. */
  async #until(hasStruck: () => boolean): Promise<void> {
    while (!hasStruck()) {
      if (this.#load.failures.length > 0) throw new Error('a client gave up before the fault struck')
      await pause(5)
    }
  }

  async #start(): Promise<void> {
    const environment = shimmed({ faultFile: this.#faultFile })
    this.#daemon = await DaemonProcess.start(this.#folder, this.#at.socket, [], environment)
  }

  #count(name: string, by = 1): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + by
  }
}
