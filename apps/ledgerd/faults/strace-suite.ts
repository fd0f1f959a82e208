// Suite B of reliability §11 on the real daemon: every call of the append path fails by strace, once and for good, and the
// daemon is killed at every kind of call; then it is restarted, everything is sent again, and the folder is judged from
// outside.
import fs from 'node:fs'
import path from 'node:path'
import { checkFolder, ledgerBytes, ledgersOf, readFolder, type Violation } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../test/daemon-process.ts'
import { eventIdIn } from '../test/turns.ts'
import { PostingClient } from './posting-client.ts'
import { attach, countCalls } from './strace-attach.ts'
import type { SuiteReport } from './suite-report.ts'

export interface StraceSuiteOptions {
  readonly strikes: number
  readonly seed: number
  readonly random: () => number
}

interface Strike {
  readonly way: 'append' | 'make' | 'repair'
  readonly call: string
  readonly when: number
  readonly errno: string
  readonly isSticky: boolean
}

const errnos = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE', 'EACCES', 'EAGAIN', 'ENOMEM']
const ways = ['append', 'make', 'repair'] as const
/** Strikes on one daemon before it is killed by one. */
const perSession = 6
const other = 'other'

/** Runs strikes until there were enough. strace is there. */
export async function runStraceSuite({ strikes, seed, random }: StraceSuiteOptions): Promise<SuiteReport> {
  process.env['UV_THREADPOOL_SIZE'] = '1'
  const counts = { strikes: 0, injected: 0, kills: 0, sessions: 0, receipts: 0 }
  const violations: Violation[] = []
  const counted = await countedWays()
  const [errors, kills] = [strikesFrom(counted, random), strikesFrom(counted, random)]
  /** Calls that were struck: by way, name and number; killed at: by way and name. */
  const [failed, killedAt] = [new Set<string>(), new Set<string>()]
  const kinds = [...counted].reduce((sum, [, calls]) => sum + calls.size, 0)
  while (counts.strikes < strikes && violations.length === 0) {
    const session = new Session(Math.min(perSession, strikes - counts.strikes))
    await session.run((isKill) => (isKill ? kills : errors).next().value as Strike)
    counts.sessions++
    counts.strikes += session.strikes
    counts.injected += session.failed.length + session.killedAt.length
    counts.kills += session.killedAt.length
    counts.receipts += session.client.receipts.length
    violations.push(...session.violations)
    for (const { way, call, when } of session.failed) failed.add(`${way} ${call} ${when}`)
    for (const { way, call } of session.killedAt) killedAt.add(`${way} ${call}`)
  }
  return {
    suite: 'B errors, by strace',
    counts: { ...counts, 'calls failed': failed.size, 'kinds of call': kinds, 'killed at kinds': killedAt.size },
    violations,
    guards: [
      { name: 'strikes', value: counts.strikes, min: strikes },
      // A call that only some runs make is not struck in the others.
      { name: 'injected', value: counts.injected, min: Math.floor(counts.strikes * 0.8) },
      { name: 'kills', value: counts.kills, min: Math.floor(counts.sessions / 2) },
      // One whose call was not made again in that run is missed by a kill.
      { name: 'killed at kinds', value: killedAt.size, min: Math.floor(Math.min(kinds, counts.sessions) * 0.8) },
      { name: 'receipts', value: counts.receipts, min: counts.strikes },
    ],
    seed,
    notRun: [],
  }
}

/** How many calls of each name each way into the append path makes, from a run without faults. */
async function countedWays(): Promise<Map<Strike['way'], Map<string, number>>> {
  const session = new Session(0)
  const counted = new Map<Strike['way'], Map<string, number>>()
  await session.run(undefined, async (watch) => {
    for (const way of ways) counted.set(way, countCalls(await watch(way)))
  })
  return counted
}

/** Every call of every way in turn, the first of each kind first, with the errors in turn; endless. */
function* strikesFrom(
  counted: ReadonlyMap<Strike['way'], ReadonlyMap<string, number>>,
  random: () => number,
): Generator<Strike, never> {
  for (let round = 0; ; round++) {
    const all = [...counted].flatMap(([way, calls]) =>
      [...calls].flatMap(([call, count]) => Array.from({ length: count }, (_, at) => ({ way, call, when: at + 1 }))),
    )
    all.sort((left, right) => left.when - right.when)
    for (const [at, strike] of all.entries())
      yield { ...strike, errno: errnos[(at + round) % errnos.length] as string, isSticky: random() < 0.5 }
  }
}

/** One daemon's life: some strikes, the last of which kills it; then two restarts. */
class Session {
  readonly violations: Violation[] = []
  readonly client: PostingClient
  strikes = 0
  readonly failed: Strike[] = []
  readonly killedAt: Strike[] = []
  readonly #at = scratch()
  readonly #wanted: number
  readonly #absent: Map<string, Set<number>> = new Map()

  constructor(wanted: number) {
    this.client = new PostingClient(this.#at.socket)
    this.#wanted = wanted
  }

  async run(
    next: ((isKill: boolean) => Strike) | undefined,
    watching?: (watch: (way: Strike['way']) => Promise<string[]>) => Promise<void>,
  ): Promise<void> {
    await this.#prepare()
    const daemon = await DaemonProcess.start(this.#at.folder, this.#at.socket)
    await this.#expectReceipt(other, 0)
    if (watching !== undefined) await watching((way) => this.#watch(daemon, way))
    for (let at = 0; next !== undefined && at < this.#wanted; at++) {
      const isKill = at === this.#wanted - 1
      await this.#strike(daemon, next(isKill), at, isKill)
    }
    await daemon.kill('SIGKILL')
    await this.#restart('a kill')
    this.#at.remove()
  }

  /** Ledgers that a daemon made and left, with bytes of an unconfirmed group behind their end. */
  async #prepare(): Promise<void> {
    const daemon = await DaemonProcess.start(this.#at.folder, this.#at.socket)
    for (let at = 0; at < Math.max(1, this.#wanted); at++) await this.#expectReceipt(`repair${at}`, 0)
    await daemon.kill('SIGTERM')
    for (let at = 0; at < Math.max(1, this.#wanted); at++)
      fs.appendFileSync(path.join(this.#at.folder, `repair${at}.jsonl`), '{"event_id": "torn')
  }

  async #watch(daemon: DaemonProcess, way: Strike['way']): Promise<string[]> {
    if (way === 'append') await this.#expectReceipt('append0', 0)
    const attached = await attach(daemon.child.pid ?? 0, this.#paths(`${way}0`), undefined, `${this.#at.socket}.trace`)
    await this.#expectReceipt(`${way}0`, 1)
    return await attached.detach()
  }

  async #strike(daemon: DaemonProcess, strike: Strike, at: number, isKill: boolean): Promise<void> {
    const { way, call, when, errno, isSticky } = strike
    const ledger = `${way}${at}`
    const where = `${way}, ${call} #${when}, ${isKill ? 'SIGKILL' : errno}${isSticky ? ' sticky' : ''}`
    if (way === 'append') await this.#expectReceipt(ledger, 0)
    const effect = isKill ? `signal=KILL:when=${when}` : `error=${errno}:when=${when}${isSticky ? '+' : ''}`
    const trace = `${this.#at.socket}.trace`
    const attached = await attach(daemon.child.pid ?? 0, this.#paths(ledger), `${call}:${effect}`, trace)
    const first = await this.client.post(ledger, 1)
    if (first.kind === 'refused' && first.outcome === 'absent') this.#absent.set(ledger, new Set([1]))
    if (!isKill || first.kind !== 'silence') await this.#expectReceipt(other, this.strikes + 1, where)
    const second = isKill ? first : await this.client.post(ledger, 2)
    const lines = await attached.detach()
    this.strikes++
    const isInjected = lines.some((line) => line.includes('(INJECTED)') || line.includes('killed by SIGKILL'))
    const struck = isKill ? this.killedAt : this.failed
    if (isInjected) struck.push(strike)
    const isCommit = way === 'append' && ['write', 'fdatasync', 'pwrite64'].includes(call)
    if (isInjected && isCommit && !isKill && (first.kind === 'receipt' || second.kind === 'receipt'))
      this.#say(ledger, `${where}: a receipt after it`)
    if (first.kind === 'silence' && !isKill) this.#say(ledger, `${where}: no answer`)
  }

  /** Everything is sent again and gets its receipt; a second restart finds nothing to do. */
  async #restart(after: string): Promise<void> {
    const daemon = await DaemonProcess.start(this.#at.folder, this.#at.socket)
    for (const [ledger, numbers] of this.client.sent)
      for (const n of numbers) {
        const answer = await this.client.post(ledger, n)
        if (answer.kind !== 'receipt') this.#say(ledger, `after ${after} ${n} got ${JSON.stringify(answer)}`)
        else if (answer.receipt.duplicate && this.#absent.get(ledger)?.has(n) === true && !this.#wasTaken(ledger, n))
          this.#say(ledger, `${n} was refused as absent and was there after ${after}`)
      }
    await daemon.kill('SIGKILL')
    const first = readFolder(this.#at.folder)
    const evidence = { receipts: this.client.receipts, followers: [] }
    const sent = this.client.ids
    this.violations.push(...checkFolder({ image: first, evidence, identityOf: eventIdIn, sent, tail: 'none' }))
    const again = await DaemonProcess.start(this.#at.folder, this.#at.socket)
    for (const ledger of this.client.sent.keys()) await this.client.post(ledger, 0)
    await again.kill('SIGTERM')
    const second = readFolder(this.#at.folder)
    for (const ledger of ledgersOf(first))
      if (
        !ledgerBytes(second, ledger).subarray(0, ledgerBytes(first, ledger).length).equals(ledgerBytes(first, ledger))
      )
        this.violations.push({ kind: 'not-idempotent', ledger, sentence: 'a second restart changed the file' })
  }

  /** A receipt came later in the same life of the daemon, so the refusal says nothing any more. */
  #wasTaken(ledger: string, n: number): boolean {
    return (
      this.client.receipts.filter((one) => one.ledger === ledger && one.seq >= 0 && one.eventId.endsWith(String(n)))
        .length > 1
    )
  }

  async #expectReceipt(ledger: string, n: number, where = 'no fault'): Promise<void> {
    const answer = await this.client.post(ledger, n)
    if (answer.kind !== 'receipt') this.#say(ledger, `${where}: ${ledger} got ${JSON.stringify(answer)}`)
  }

  #paths(ledger: string): string[] {
    const { folder } = this.#at
    const sidecar = path.join(folder, '.ledgerd/ledgers', `${ledger}.jsonl`)
    const beside = ['head', 'head.new', 'created.json.new', 'lines', 'holder.json', 'lock', 'aside', 'redo', 'redo.new']
    return [path.join(folder, `${ledger}.jsonl`), folder, sidecar, ...beside.map((name) => path.join(sidecar, name))]
  }

  #say(ledger: string, sentence: string): void {
    this.violations.push({ kind: 'misbehaved', ledger, sentence })
  }
}
