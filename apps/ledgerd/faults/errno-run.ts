// One run of suite B on a disk in memory: a call fails once or for good, its bytes are kept or dropped; clients write down
// what they are told, and two restarts, after a kill and after a power cut, are judged against it.
import {
  checkFolder,
  CrashDisk,
  type DiskCall,
  type Fault,
  type KeptReceipt,
  MemoryDisk,
  type Violation,
} from '@ledgerd/testkit'
import { LedgerError } from '@ledgerd/schema'
import type { AppendResult } from '../src/engine/ports.ts'
import { eventIdIn } from '../test/turns.ts'
import { hall, yard } from './crash-runs.ts'
import type { ErrnoScenario } from './errno-scenarios.ts'
import { appendTo, draftOf, idOf, type MemoryDaemon, openMemoryDaemon } from './memory-daemon.ts'
import { mount } from './memory-doors.ts'

export interface Strike {
  /** The call of the scenario that fails, from 1; 0 fails none and counts them. */
  readonly at: number
  readonly fault: Fault
  /** What fails from then on: nothing more, every call of this name on this path, or everything, as the process is dead. */
  readonly reach: 'once' | 'call' | 'process'
}

export interface StrikeReport {
  /** Calls on the hall's files, in order. */
  readonly calls: readonly DiskCall[]
  readonly isStruck: boolean
  readonly violations: readonly Violation[]
  readonly receipts: number
}

/** Runs a scenario with one fault. */
export async function strikeOnce(scenario: ErrnoScenario, strike: Strike): Promise<StrikeReport> {
  const disk = new MemoryDisk(scenario.image)
  const crash = new CrashDisk(scenario.image, disk.inodes())
  disk.onOp = (op) => crash.apply(op)
  mount.mount(disk)
  const book = new Book(scenario)
  const { inlineBytesMax, secondSync } = scenario
  const daemon = openMemoryDaemon({ inlineBytesMax, secondSync })
  if (scenario.warmUp !== undefined) await book.send(daemon, hall, scenario.warmUp)

  const calls: DiskCall[] = []
  let struck: DiskCall | undefined
  disk.onCall = (call) => {
    if (struck !== undefined && strike.reach === 'process') return strike.fault
    if (!call.path.includes('hall') && !call.path.endsWith('worlds')) return undefined
    calls.push(call)
    if (calls.length === strike.at) struck = call
    const isAgain = strike.reach === 'call' && call.name === struck?.name && call.path === struck.path
    return calls.length === strike.at || isAgain ? strike.fault : undefined
  }
  const first = await book.send(daemon, hall, 20)
  const isStruckLater = struck === undefined
  if (secondSync === 'same' && struck === undefined) await beQuiet(daemon)
  const callsOfStrike = [...calls]
  if (struck !== undefined && strike.reach === 'process') book.forgetRefusals()
  else await goOn(book, daemon, scenario, struck, isStruckLater ? 'silence' : first)
  disk.onCall = undefined

  const powerless = (): MemoryDisk => new MemoryDisk(crash.image([], (ino) => crash.durableOf(ino)))
  const before = book.receipts.length
  await book.judgeRestart(powerless(), 'a power cut')
  book.receipts.length = before
  disk.kill()
  await book.judgeRestart(disk, 'a kill')
  book.forgetRefusals()
  await book.judgeRestart(powerless(), 'a kill, a restart and a power cut')
  return {
    calls: callsOfStrike,
    isStruck: struck !== undefined,
    violations: book.violations,
    receipts: book.receipts.length,
  }
}

/** Time for what the daemon has put off. */
async function beQuiet(daemon: MemoryDaemon): Promise<void> {
  daemon.runLater()
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
}

/** After the fault the other ledger goes on, and the one that was hit gives no receipt if a commit had failed. */
async function goOn(
  book: Book,
  daemon: MemoryDaemon,
  { warmUp }: ErrnoScenario,
  struck: DiskCall | undefined,
  first: Answer,
): Promise<void> {
  await book.expectReceipt(daemon, yard, 600)
  const second = await book.send(daemon, hall, 21)
  if (struck === undefined || warmUp === undefined || !isCommitCall(struck)) return
  if (first === 'receipt' || second === 'receipt')
    book.say('misbehaved', hall, `a receipt after ${struck.name} of ${struck.path} had failed`)
}

/** Writes and syncs: what a commit consists of. A failed look before them leaves nothing written. */
function isCommitCall({ name, path }: DiskCall): boolean {
  return /(hall\.jsonl|\/head)$/.test(path) && (name === 'write' || name === 'fdatasync')
}

type Answer = 'receipt' | 'refused' | 'silence'

/** What a client writes down, and what it finds wrong. */
class Book {
  readonly receipts: KeptReceipt[]
  readonly violations: Violation[] = []
  readonly #sent: Map<string, Set<number>> = new Map([
    [hall, new Set()],
    [yard, new Set()],
  ])
  readonly #absent: Set<number> = new Set()
  readonly #ids: Set<string>

  constructor({ evidence, sent }: ErrnoScenario) {
    this.receipts = [...evidence.receipts]
    this.#ids = new Set(sent)
  }

  say(kind: Violation['kind'], ledger: string, sentence: string): void {
    this.violations.push({ kind, ledger, sentence })
  }

  /** What was refused as absent may be there from now on, or the refusal was never heard. */
  forgetRefusals(): void {
    this.#absent.clear()
  }

  async send(daemon: MemoryDaemon, ledger: string, n: number): Promise<Answer> {
    this.#sent.get(ledger)?.add(n)
    this.#ids.add(idOf(n))
    let result: AppendResult | undefined
    try {
      result = await promptly(appendTo(daemon.engine, ledger, [draftOf(n)]))
    } catch (error) {
      if (!(error instanceof LedgerError)) return 'refused'
      if (error.outcome === 'absent') this.#absent.add(n)
      return 'refused'
    }
    if (result === undefined) {
      this.say('misbehaved', ledger, `draft ${n} was never answered`)
      return 'silence'
    }
    const receipt = receiptIn(result)
    if (receipt === undefined) return 'refused'
    this.#absent.delete(n)
    this.receipts.push({ ledger, eventId: idOf(n), durable: 'fsync', ...receipt })
    return 'receipt'
  }

  async expectReceipt(daemon: MemoryDaemon, ledger: string, n: number): Promise<void> {
    if ((await this.send(daemon, ledger, n)) !== 'receipt')
      this.say('misbehaved', ledger, `${ledger} did not go on, though nothing of it had failed`)
  }

  /** Restarts on a disk: refused as absent is absent; a retry of everything brings every identity once. */
  async judgeRestart(disk: MemoryDisk, after: string): Promise<void> {
    mount.mount(disk)
    const daemon = openMemoryDaemon()
    for (const [ledger, sent] of this.#sent)
      for (const n of sent) {
        const isAbsent = this.#absent.has(n)
        const result = await promptly(appendTo(daemon.engine, ledger, [draftOf(n)])).catch(() => undefined)
        const receipt = result === undefined ? undefined : receiptIn(result)
        if (receipt === undefined) this.say('false-stop', ledger, `after ${after} a restart did not take draft ${n}`)
        else {
          if (isAbsent && receipt.isDuplicate)
            this.say('misbehaved', ledger, `draft ${n} was refused as absent and was there after ${after}`)
          this.receipts.push({ ledger, eventId: idOf(n), durable: 'fsync', ...receipt })
        }
      }
    const evidence = { receipts: this.receipts, followers: [] }
    const found = checkFolder({ image: disk.image(), evidence, identityOf: eventIdIn, sent: this.#ids, tail: 'none' })
    this.violations.push(...found.map((one) => ({ ...one, sentence: `after ${after}: ${one.sentence}` })))
  }
}

function receiptIn(
  result: AppendResult,
): { readonly seq: number; readonly leafHash: string; readonly isDuplicate: boolean } | undefined {
  if (result.kind === 'plain') return { seq: result.seq, leafHash: result.leafHashes[0] ?? '', isDuplicate: false }
  const [outcome] = result.outcomes
  return outcome === undefined || 'error' in outcome ? undefined : outcome
}

const turnsMax = 200

/** The promise's value, or undefined when nothing comes though the daemon had every chance. */
async function promptly<T>(promise: Promise<T>): Promise<T | undefined> {
  let isSettled = false
  const settled = promise.finally(() => {
    isSettled = true
  })
  settled.catch(() => undefined)
  for (let turn = 0; turn < turnsMax && !isSettled; turn++)
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  return isSettled ? await settled : undefined
}
