// Suite H of reliability §11 on real processes: the holder of a folder is paused, its event loop is blocked, it is killed, it is
// robbed of its visible lock, and rivals start beside it, one or eight at a time. Never do two write; no receipt is lost or
// contradicted; a rival is told who holds the folder; a lock that a kill left costs less than a second.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import lockfile from 'proper-lockfile'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import { PostingClient } from '../posting-client.ts'
import type { SuiteReport } from '../suite-report.ts'
import type { RoundOptions } from './add-rounds.ts'
import { FolderJudge } from './folder-judge.ts'
import { freeze, thaw } from './frozen-daemon.ts'
import { pause, SteadyLoad } from './steady-load.ts'

const ledgers = ['worlds/hall', 'worlds/yard']
const robbed = 'worlds/robbed'
const kinds = ['paused', 'blocked', 'raced', 'killed', 'robbed', 'flocked'] as const
type Kind = (typeof kinds)[number]

const rivals = 8
const lockedExit = 5
/** Of most kills, and of the slowest: a machine may have other things to do, but a lock that must grow stale takes 20 s. */
const staleLockMsMax = 1000
const slowestMsMax = 10_000
/** Blocks the event loop of whoever gets the signal. */
const blocker = 'process.on("SIGUSR2", () => { for (const end = Date.now() + 800; Date.now() < end; ); })'

/** Rounds of each kind in turn, on one folder under load. */
export async function runLockRounds({ suite, rounds, seed, random }: RoundOptions): Promise<SuiteReport> {
  const world = new ContendedFolder(random)
  await world.run(rounds)
  const { counts, violations } = world
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'rounds', value: counts.rounds, min: rounds },
      { name: 'rivals refused', value: counts.refused, min: Math.floor(rounds / 3) },
      { name: 'receipts', value: counts.receipts, min: rounds * 10 },
    ],
    seed,
    notRun: [],
  }
}

class ContendedFolder {
  readonly counts = {
    rounds: 0,
    refused: 0,
    thefts: 0,
    kills: 0,
    receipts: 0,
    usualAfterKillMs: 0,
    slowestAfterKillMs: 0,
  }
  readonly #random: () => number
  readonly #at = scratch()
  readonly #load: SteadyLoad
  readonly #client: PostingClient
  readonly #judge: FolderJudge
  readonly #blockerFile: string
  readonly #afterKillMs: number[] = []
  #daemon: DaemonProcess | undefined
  #next = 0

  constructor(random: () => number) {
    this.#random = random
    this.#blockerFile = `${this.#at.socket}.blocker.cjs`
    fs.writeFileSync(this.#blockerFile, blocker)
    this.#client = new PostingClient(this.#at.socket)
    this.#load = SteadyLoad.start({ socket: this.#at.socket, ledgers, writersPerLedger: 2, random })
    const [load, client] = [this.#load, this.#client]
    const evidence = {
      get receipts() {
        return [...load.evidence.receipts, ...client.receipts]
      },
      followers: load.evidence.followers,
    }
    this.#judge = new FolderJudge(this.#at.folder, { evidence, sent: () => new Set([...load.sent, ...client.ids]) })
  }

  get violations(): readonly Violation[] {
    return this.#judge.violations
  }

  async run(rounds: number): Promise<void> {
    try {
      await this.#start()
      while (this.counts.rounds < rounds && this.violations.length === 0) {
        const kind = kinds[this.counts.rounds % kinds.length] as Kind
        this.counts.rounds++
        await this.#load.moved()
        await this.#play(kind)
        await this.#load.moved()
        for (const sentence of this.#load.failures) this.#say('*', `${kind}: a client gave up: ${sentence}`)
      }
      this.#judgeDelays()
      await this.#load.stop()
      await this.#daemon?.kill('SIGTERM')
      this.#judge.judgeRecovered('at the end')
    } catch (error) {
      this.#say('*', `round ${this.counts.rounds}: ${String(error)}`)
    } finally {
      this.#load.abort()
      await this.#daemon?.kill('SIGKILL')
      this.counts.receipts = this.#load.evidence.receipts.length
      this.#at.remove()
    }
  }

  async #play(kind: Kind): Promise<void> {
    if (kind === 'paused') return await this.#pauseBesideRival()
    if (kind === 'blocked') return await this.#blockBesideRival()
    if (kind === 'raced') return await this.#race()
    if (kind === 'killed') return await this.#kill()
    if (kind === 'robbed') return await this.#rob()
    return await this.#flockBesides()
  }

  async #pauseBesideRival(): Promise<void> {
    const daemon = this.#holder
    await freeze(daemon)
    await this.#expectRefused(this.#spawn('r'))
    await pause(this.#random() * 500)
    thaw(daemon)
  }

  async #blockBesideRival(): Promise<void> {
    this.#holder.child.kill('SIGUSR2')
    await this.#expectRefused(this.#spawn('r'))
  }

  /** All at once on a folder that nobody holds: one serves. */
  async #race(): Promise<void> {
    await this.#holder.kill('SIGKILL')
    const racers = Array.from({ length: rivals }, (_, at) => this.#spawn(String(at)))
    const results = await Promise.all(
      racers.map((racer) =>
        racer.whenSaid('"serving"').then(
          () => true,
          () => false,
        ),
      ),
    )
    const serving = racers.filter((_, at) => results[at])
    if (serving.length !== 1) this.#say('*', `${serving.length} of ${rivals} daemons serve one folder`)
    for (const racer of racers) if (!serving.includes(racer)) await this.#expectRefused(racer)
    await Promise.all(serving.map((racer) => racer.kill('SIGKILL')))
    await this.#start()
  }

  /** What a kill leaves is known for an orphan: the first receipt does not wait for it to grow stale. */
  async #kill(): Promise<void> {
    await this.#holder.kill('SIGKILL')
    this.counts.kills++
    const left = path.join(this.#at.folder, '.ledgerd/ledgers', `${ledgers[0]}.jsonl`, 'lock')
    if (!fs.existsSync(left)) this.#say(ledgers[0] ?? '', 'a kill left no visible lock: this round tests nothing')
    await this.#start()
    const servingMs = performance.now()
    await this.#expectReceipt(ledgers[0] ?? '', 'after a kill')
    this.#afterKillMs.push(performance.now() - servingMs)
  }

  #judgeDelays(): void {
    const sorted = this.#afterKillMs.map((ms) => Math.round(ms)).toSorted((left, right) => left - right)
    const [usual = 0, slowest = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
    this.counts.usualAfterKillMs = usual
    this.counts.slowestAfterKillMs = slowest
    if (usual > staleLockMsMax || slowest > slowestMsMax)
      this.#say(ledgers[0] ?? '', `locks that kills left cost ${usual} ms as a rule and ${slowest} ms at most`)
  }

  /** A program that knows the visible lock alone takes it while the holder is paused: the loss is noticed before a write. */
  async #rob(): Promise<void> {
    await this.#expectReceipt(robbed, 'before a theft')
    const daemon = this.#holder
    const file = path.join(this.#at.folder, `${robbed}.jsonl`)
    const lockfilePath = path.join(this.#at.folder, '.ledgerd/ledgers', `${robbed}.jsonl`, 'lock')
    await freeze(daemon)
    fs.utimesSync(lockfilePath, 1, 1)
    const release = await lockfile.lock(file, { lockfilePath, realpath: false, stale: 2000, onCompromised: () => {} })
    const before = fs.readFileSync(file)
    thaw(daemon)
    this.counts.thefts++
    const answer = await this.#post(robbed)
    if (answer.kind !== 'refused' || answer.code !== 'LEDGER_STOPPED' || answer.reason !== 'lock-taken')
      this.#say(robbed, `robbed it got ${JSON.stringify(answer)}`)
    if (!fs.readFileSync(file).equals(before)) this.#say(robbed, 'bytes were written after the theft')
    await daemon.kill('SIGTERM')
    if (!fs.existsSync(lockfilePath)) this.#say(robbed, 'who was robbed took the lock of the robber along')
    await release()
    await this.#start()
    await this.#expectReceipt(robbed, 'after the robber left')
  }

  /** A writer of the original kind locks with flock(2) alone. */
  async #flockBesides(): Promise<void> {
    await this.#expectReceipt(robbed, 'before flock')
    const file = path.join(this.#at.folder, `${robbed}.jsonl`)
    if (spawnSync('flock', ['-n', file, 'true']).status === 0) this.#say(robbed, 'flock(2) did not keep a writer out')
    this.counts.refused++
  }

  /** It ends by itself, and says who holds the folder: host, process, since when. */
  async #expectRefused(rival: DaemonProcess): Promise<void> {
    const { code } = await rival.exited
    const isNamed = rival.said.includes(os.hostname()) && /process \d+ on .*since \d{4}-\d\d-\d\dT/.test(rival.said)
    if (code === lockedExit && isNamed) this.counts.refused++
    else this.#say('*', `a rival ended with ${code} and said ${rival.said}`)
  }

  async #expectReceipt(ledger: string, when: string): Promise<void> {
    const answer = await this.#post(ledger)
    if (answer.kind !== 'receipt') this.#say(ledger, `${when} it got ${JSON.stringify(answer)}`)
  }

  #post(ledger: string): ReturnType<PostingClient['post']> {
    return this.#client.post(ledger, this.#next++)
  }

  get #holder(): DaemonProcess {
    if (this.#daemon === undefined) throw new Error('nobody holds the folder')
    return this.#daemon
  }

  async #start(): Promise<void> {
    this.#daemon = this.#spawn('')
    await this.#daemon.whenSaid('"serving"')
  }

  #spawn(suffix: string): DaemonProcess {
    const environment = { NODE_OPTIONS: `--require ${this.#blockerFile}` }
    return DaemonProcess.spawn(this.#at.folder, `${this.#at.socket}${suffix}`, [], environment)
  }

  #say(ledger: string, sentence: string): void {
    this.#judge.say('misbehaved', ledger, `round ${this.counts.rounds}: ${sentence}`)
  }
}
