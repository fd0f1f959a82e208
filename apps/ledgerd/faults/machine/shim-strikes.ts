// Suites B and E of reliability §11 on the real daemon, by a library that stands between it and the kernel: writes that are
// torn, short or refused, syncs that fail with the bytes kept and with the bytes dropped, of the ledger's file and of its head
// record. After each the ledger gives no receipt until it has recovered, others go on, and what was sent again is there once.
import fs from 'node:fs'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds } from './add-rounds.ts'
import { FolderJudge, unconfirmedBytes } from './folder-judge.ts'
import { GameServer, type SendResult } from './game-server.ts'
import { shimmed } from './native.ts'

export interface ShimStrikeOptions {
  readonly suite: string
  readonly strikes: number
  readonly seed: number
  readonly random: () => number
}

interface Strike {
  readonly file: 'ledger' | 'head'
  readonly op: 'write' | 'sync'
  readonly what: string
  /** The daemon dies of it. */
  readonly isDeadly: boolean
  /** The ledger goes on by itself: a short write is continued, a full disk is tried again. */
  readonly isPassing: boolean
}

const EIO = 5
const EDQUOT = 122
/** A group of a strike, in lines and bytes; torn writes end anywhere in it. */
const lines = 12
const textBytes = 300
const groupBytes = 9000
const headBytes = 512
const perFolder = 8
const other = 'other'

/** Strikes until there were enough; the daemon is started anew after deadly ones. */
export async function runShimStrikes({ suite, strikes, seed, random }: ShimStrikeOptions): Promise<SuiteReport> {
  const counts = { strikes: 0, struck: 0, deaths: 0, torn: 0, receipts: 0 }
  const isEnough = (): boolean => counts.strikes >= strikes
  const violations = await addRounds(counts, isEnough, async () => {
    const struck = new StruckFolder(random)
    await struck.run(counts.strikes, Math.min(perFolder, strikes - counts.strikes))
    return struck
  })
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'faults that struck', value: counts.struck, min: strikes },
      { name: 'torn tails', value: counts.torn, min: Math.floor(strikes / 10) },
      { name: 'receipts', value: counts.receipts, min: strikes * lines },
    ],
    seed,
    notRun: [],
  }
}

class StruckFolder {
  readonly counts = { strikes: 0, struck: 0, deaths: 0, torn: 0, receipts: 0 }
  readonly #random: () => number
  readonly #at = scratch()
  readonly #faultFile: string
  readonly #server: GameServer
  readonly #judge: FolderJudge
  #daemon: DaemonProcess | undefined

  constructor(random: () => number) {
    this.#random = random
    this.#faultFile = `${this.#at.socket}.fault`
    this.#server = new GameServer(this.#at.socket)
    const evidence = { receipts: this.#server.receipts, followers: [] }
    this.#judge = new FolderJudge(this.#at.folder, { evidence, sent: () => this.#server.ids })
  }

  get violations(): readonly Violation[] {
    return this.#judge.violations
  }

  /** The kinds of strikes in turn, from the `first` on. */
  async run(first: number, count: number): Promise<void> {
    try {
      await this.#start()
      const kinds = strikesFrom(this.#random)
      for (let at = first; at < first + count && this.violations.length === 0; at++)
        await this.#strike(kinds[at % kinds.length] as Strike, `struck${at}`)
      await this.#end()
    } catch (error) {
      this.#judge.say('misbehaved', '*', String(error))
    } finally {
      this.#server.close()
      await this.#daemon?.kill('SIGKILL')
      this.counts.receipts = this.#server.receipts.length
      this.#at.remove()
    }
  }

  async #strike(strike: Strike, ledger: string): Promise<void> {
    const { file, op, what, isDeadly, isPassing } = strike
    const when = `${op} of the ${file}, ${what}`
    await this.#expectAll(ledger, await this.#server.send(ledger, 1, textBytes), `before ${when}`)
    this.#arm(ledger, strike)
    const sending = this.#server.send(ledger, lines, textBytes)
    if (isDeadly) await this.#daemon?.exited
    else await this.#untilStruck(sending)
    this.counts.strikes++
    if (fs.existsSync(`${this.#faultFile}.struck`)) this.counts.struck++
    fs.rmSync(this.#faultFile, { force: true })
    fs.rmSync(`${this.#faultFile}.struck`, { force: true })
    if (unconfirmedBytes(this.#at.folder, ledger) > 0) this.counts.torn++
    if (isDeadly) {
      this.counts.deaths++
      this.#judge.judgeCrashed(`killed by ${when}`)
      await this.#start()
      await sending
    } else await this.#judgeRefusals(ledger, when, await sending, isPassing)
  }

  /** The ledger that was hit says why and stays stopped; the others go on. */
  async #judgeRefusals(ledger: string, when: string, first: SendResult, isPassing: boolean): Promise<void> {
    await this.#expectAll(other, await this.#server.send(other, 1, textBytes), `beside ${when}`)
    if (isPassing) return await this.#expectAll(ledger, first, `after ${when}`)
    const second = await this.#server.send(ledger, 1, textBytes)
    if (first.receipts.length + second.receipts.length > 0)
      this.#judge.say('misbehaved', ledger, `${when}: a receipt after it`)
    for (const { code, message, details } of [...first.refusals, ...second.refusals])
      if (code !== 'LEDGER_STOPPED' || details?.['reason'] === undefined || details?.['remedy'] === undefined)
        this.#judge.say('misbehaved', ledger, `${when}: ${code} does not say why or what to do: ${message}`)
  }

  /** Everything that is owed is sent again after a restart, and is there once; a second restart changes nothing. */
  async #end(): Promise<void> {
    await this.#daemon?.kill('SIGKILL')
    this.#judge.judgeCrashed('at the end')
    await this.#start()
    for (const ledger of this.#server.ledgers)
      await this.#expectAll(ledger, await this.#server.sendAgain(ledger), 'sent again')
    await this.#daemon?.kill('SIGKILL')
    this.#judge.judgeRecovered('at the end')
    await this.#start()
    for (const ledger of this.#server.ledgers)
      await this.#expectAll(ledger, await this.#server.sendAgain(ledger), 'sent a third time')
    await this.#daemon?.kill('SIGTERM')
    this.#judge.judgeRecovered('after a second restart')
  }

  #arm(ledger: string, { file, op, what }: Strike): void {
    const { folder } = this.#at
    const places = {
      ledger: path.join(folder, `${ledger}.jsonl`),
      head: path.join(folder, '.ledgerd/ledgers', `${ledger}.jsonl`, 'head'),
    }
    fs.writeFileSync(`${this.#faultFile}.new`, `${op} 1 ${what} ${fs.realpathSync(places[file])}`)
    fs.renameSync(`${this.#faultFile}.new`, this.#faultFile)
  }

  async #untilStruck(sending: Promise<SendResult>): Promise<void> {
    let isDone = false
    const done = sending.then(() => (isDone = true))
    while (!isDone && !fs.existsSync(`${this.#faultFile}.struck`))
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 5)), done])
  }

  async #expectAll(ledger: string, { refusals }: SendResult, when: string): Promise<void> {
    for (const { message } of refusals) this.#judge.say('misbehaved', ledger, `${when}: ${message}`)
  }

  async #start(): Promise<void> {
    const environment = shimmed({ faultFile: this.#faultFile })
    this.#daemon = await DaemonProcess.start(this.#at.folder, this.#at.socket, [], environment)
  }
}

/** One strike of each kind, torn and short writes at bytes by chance. */
function strikesFrom(random: () => number): readonly Strike[] {
  const within = (bytes: number): number => 1 + Math.floor(random() * (bytes - 1))
  const stops = { isDeadly: false, isPassing: false }
  const kills = { isDeadly: true, isPassing: false }
  const ledger = { file: 'ledger' } as const
  const head = { file: 'head', op: 'write' } as const
  return [
    { ...ledger, op: 'write', what: `torn:${within(groupBytes)}`, ...kills },
    { ...ledger, op: 'write', what: `short:${within(groupBytes)}`, isDeadly: false, isPassing: true },
    { ...ledger, op: 'write', what: String(EIO), ...stops },
    { ...ledger, op: 'write', what: `after:${EIO}`, ...stops },
    { ...ledger, op: 'write', what: String(EDQUOT), isDeadly: false, isPassing: true },
    { ...ledger, op: 'sync', what: String(EIO), ...stops },
    { ...ledger, op: 'sync', what: `after:${EIO}`, ...stops },
    { ...ledger, op: 'sync', what: `drop:${EIO}`, ...stops },
    { ...ledger, op: 'sync', what: 'kill', ...kills },
    { ...head, what: String(EIO), ...stops },
    { ...head, what: `after:${EIO}`, ...stops },
    { ...head, what: `short:${within(headBytes)}`, isDeadly: false, isPassing: true },
    { ...head, what: `torn:${within(headBytes)}`, ...kills },
    { ...head, what: 'kill', ...kills },
  ]
}
