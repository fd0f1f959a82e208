// Plays mishaps on a real daemon and judges what callers and operators are told.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import { ask } from '../../test/http-caller.ts'
import { PostingClient, type PostAnswer } from '../posting-client.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds, type RoundOptions } from './add-rounds.ts'
import { untilServed } from './eventually-served.ts'
import { FolderJudge } from './folder-judge.ts'
import { GameServer } from './game-server.ts'
import type { MountedDisk } from './mounted-disk.ts'

/** What a mishap is played on. */
export interface Stage {
  readonly folder: string
  readonly pid: number
  /** The file of the ledger that is open. */
  readonly file: string
  readonly disk: MountedDisk | undefined
  readonly random: () => number
}

export interface Mishap {
  readonly name: string
  /** Does it; returns what puts it right. */
  readonly play: (stage: Stage) => () => void
  /** The ledger that meets it; one that is open, unless named. */
  readonly ledger?: string
  /** It is put right between the end of the daemon and its next start. */
  readonly isRightedWhileStopped?: boolean
  /** What an append to the ledger is told. */
  readonly code: 'LEDGER_STOPPED' | 'BUSY'
  readonly reasons: readonly string[]
  /** Drafts of the append that meets it, and bytes of each. */
  readonly drafts?: number
  readonly textBytes?: number
  /** Another ledger is served meanwhile; one that is open already, where it strikes the folder. */
  readonly isOtherServed: boolean
  /** Lines are there to be read meanwhile. */
  readonly isReadable: boolean
  /** What must happen until appends go on. `never`: what was acknowledged is gone, and an operator brings it back. */
  readonly goesOn: 'by itself' | 'after a restart' | 'never'
  /** A file system of its own; the scratch folder otherwise. */
  readonly mount?: () => MountedDisk
}

export interface MishapOptions extends RoundOptions {
  readonly kinds: readonly Mishap[]
}

const hit = 'worlds/hall'
const other = 'worlds/yard'
/** Twice what draining may take. */
const endMsMax = 20_000
const entry = path.join(import.meta.dirname, '../../bin/ledgerd.cjs')

/** Plays the kinds in turn. */
export async function runMishaps({ suite, kinds, rounds, seed, random }: MishapOptions): Promise<SuiteReport> {
  const counts = { mishaps: 0, noticed: 0, wentOn: 0, receipts: 0 }
  const isEnough = (): boolean => counts.mishaps >= Math.max(rounds, kinds.length)
  const violations = await addRounds(counts, isEnough, async () => {
    const play = new Play(kinds[counts.mishaps % kinds.length] as Mishap, random)
    await play.run()
    const [noticed, wentOn] = [play.isNoticed ? 1 : 0, play.hasGoneOn ? 1 : 0]
    return { counts: { mishaps: 1, noticed, wentOn, receipts: play.receipts }, violations: play.violations }
  })
  const goingOn = kinds.filter(({ goesOn }) => goesOn !== 'never').length
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'noticed', value: counts.noticed, min: counts.mishaps },
      { name: 'went on', value: counts.wentOn, min: Math.min(goingOn, counts.mishaps) },
    ],
    seed,
    notRun: [],
  }
}

class Play {
  isNoticed = false
  hasGoneOn = false
  readonly #mishap: Mishap
  readonly #random: () => number
  readonly #at = scratch()
  readonly #folder: string
  readonly #ledger: string
  readonly #disk: MountedDisk | undefined
  readonly #client: PostingClient
  readonly #server: GameServer
  readonly #judge: FolderJudge
  #next = 0

  constructor(mishap: Mishap, random: () => number) {
    this.#mishap = mishap
    this.#random = random
    this.#ledger = mishap.ledger ?? hit
    this.#disk = mishap.mount?.()
    this.#folder = this.#disk === undefined ? this.#at.folder : path.join(this.#disk.folder, 'data')
    this.#client = new PostingClient(this.#at.socket)
    this.#server = new GameServer(this.#at.socket)
    const [posted, sent] = [this.#client, this.#server]
    const evidence = {
      get receipts() {
        return [...posted.receipts, ...sent.receipts]
      },
      followers: [],
    }
    this.#judge = new FolderJudge(this.#folder, { evidence, sent: () => new Set([...posted.ids, ...sent.ids]) })
  }

  get violations(): readonly Violation[] {
    return this.#judge.violations
  }

  get receipts(): number {
    return this.#client.receipts.length + this.#server.receipts.length
  }

  async run(): Promise<void> {
    const { goesOn, isRightedWhileStopped = false } = this.#mishap
    let daemon = await this.#start()
    try {
      for (const ledger of [hit, other]) for (let n = 0; n < 3; n++) await this.#expectReceipt(ledger, 'before')
      const putRight = this.#mishap.play(this.#stage(daemon))
      await this.#meet()
      if (!isRightedWhileStopped) putRight()
      if (goesOn === 'after a restart') {
        await this.#end(daemon)
        if (isRightedWhileStopped) putRight()
        daemon = await this.#start()
      }
      if (goesOn !== 'never') await this.#goOn()
      if (goesOn === 'never') await this.#expectStoppedAfter(daemon)
      else {
        await daemon.kill('SIGKILL')
        this.#judge.judgeCrashed(this.#mishap.name)
      }
    } catch (error) {
      this.#say(hit, String(error))
    } finally {
      this.#server.close()
      await daemon.kill('SIGKILL')
      const defects = daemon.log.split('\n').filter((line) => line.includes('defect'))
      for (const line of this.violations.length === 0 ? [] : defects) this.#say('*', line)
      this.#disk?.remove()
      this.#at.remove()
    }
  }

  /** No disk keeps a daemon from ending. */
  async #end(daemon: DaemonProcess): Promise<void> {
    const startedMs = performance.now()
    await daemon.kill('SIGTERM')
    const tookMs = Math.round(performance.now() - startedMs)
    if (tookMs > endMsMax) this.#say('*', `asked to stop, the daemon took ${tookMs} ms`)
  }

  /** The append that meets it, what is said of it, and what goes on meanwhile. */
  async #meet(): Promise<void> {
    const { code, reasons, drafts, textBytes, isOtherServed, isReadable } = this.#mishap
    if (drafts !== undefined) await this.#server.send(hit, drafts, textBytes ?? 0)
    const answer = await this.#meetByPost()
    const { code: said, reason } = answer.kind === 'refused' ? answer : { code: answer.kind, reason: undefined }
    if (said === code && reasons.includes(String(reason))) this.isNoticed = true
    else this.#say(hit, `it got ${JSON.stringify(answer)}`)
    if (isOtherServed) await this.#expectReceipt(other, 'meanwhile')
    if (isReadable) {
      const { status, body } = await this.#get(`/v1/ledgers/${other}/lines?limit=1`)
      if (status !== 200) this.#say(other, `it could not be read: ${status} ${body}`)
    }
    if (code === 'LEDGER_STOPPED') await this.#expectSaid(String(reason))
  }

  /** Damage below the committed end may be found a moment after the append that came upon it. */
  async #meetByPost(): Promise<PostAnswer> {
    let answer = await this.#post(this.#ledger)
    for (let more = 0; more < 50 && answer.kind === 'receipt'; more++) answer = await this.#post(this.#ledger)
    return answer
  }

  /** Why, since when and what to do, wherever an operator looks. */
  async #expectSaid(reason: string): Promise<void> {
    const { body: page } = await this.#get('/readyz')
    const { stopped } = JSON.parse(page) as {
      stopped: { ledger: string; reason: string; since: string; remedy: string }[]
    }
    const said = stopped.find(({ ledger }) => ledger === hit)
    if (said?.reason !== reason || Number.isNaN(Date.parse(said.since)) || said.remedy === '')
      this.#say(hit, `/readyz says ${page}`)
    const { body: metrics } = await this.#get('/metrics')
    const sample = `ledgerd_ledger_stopped_timestamp_seconds{ledger="${hit}",reason="${reason}",remedy="`
    if (!metrics.includes(sample)) this.#say(hit, 'the metrics do not say it')
    const { stdout, stderr } = spawnSync(process.execPath, [entry, 'stats', hit, '--url', `unix:${this.#at.socket}`], {
      encoding: 'utf8',
    })
    if (!stdout.includes(`stopped: ${reason}`) || !stdout.includes('what to do:'))
      this.#say(hit, `stats says ${stdout}${stderr}`)
  }

  /** Everything that was sent gets its receipt now. */
  async #goOn(): Promise<void> {
    const { answer } = await untilServed(() => this.#post(this.#ledger))
    if (answer.kind !== 'receipt') return this.#say(hit, `put right it got ${JSON.stringify(answer)}`)
    await this.#expectReceipt(other, 'put right')
    const { refusals } = await this.#server.sendAgain(hit)
    for (const { message } of refusals) this.#say(hit, `put right: ${message}`)
    this.hasGoneOn = true
  }

  /** A restart takes nothing back: the ledger stays stopped, and its bytes as they are. */
  async #expectStoppedAfter(daemon: DaemonProcess): Promise<void> {
    await daemon.kill('SIGKILL')
    const before = fs.readFileSync(this.#stage(daemon).file)
    const again = await this.#start()
    const answer = await this.#meetByPost()
    if (answer.kind !== 'refused' || answer.code !== 'LEDGER_STOPPED')
      this.#say(hit, `after a restart it got ${JSON.stringify(answer)}`)
    await this.#expectReceipt(other, 'after a restart')
    await again.kill('SIGTERM')
    if (!fs.readFileSync(this.#stage(daemon).file).subarray(0, before.length).equals(before))
      this.#say(hit, 'its bytes were changed')
  }

  #stage(daemon: DaemonProcess): Stage {
    return {
      folder: this.#folder,
      pid: daemon.child.pid ?? 0,
      file: path.join(this.#folder, `${hit}.jsonl`),
      disk: this.#disk,
      random: this.#random,
    }
  }

  async #expectReceipt(ledger: string, when: string): Promise<void> {
    const answer = await this.#post(ledger)
    if (answer.kind !== 'receipt') this.#say(ledger, `${when} it got ${JSON.stringify(answer)}`)
  }

  #post(ledger: string): Promise<PostAnswer> {
    return this.#client.post(ledger, this.#next++)
  }

  #get(path: string): ReturnType<typeof ask> {
    return ask({ name: 'local socket', socket: this.#at.socket }, { path })
  }

  #start(): Promise<DaemonProcess> {
    return DaemonProcess.start(this.#folder, this.#at.socket)
  }

  #say(ledger: string, sentence: string): void {
    this.#judge.say('misbehaved', ledger, `${this.#mishap.name}: ${sentence}`)
  }
}
