// Suite I of reliability §11: the wall clock of a real daemon jumps, back and forth and to the ends of what clocks count, while
// it serves, and before it starts. Appends, order and timers go on, no connection is cut, and a reader who starts at a time
// misses no line that carries that time or a later one.
import fs from 'node:fs'
import path from 'node:path'
import { worldEvents } from '@ledgerd/schema-world-events'
import type { Violation } from '@ledgerd/testkit'
import { splitAtLineFeeds } from '@ledgerd/testkit'
import { DaemonProcess, scratch } from '../../test/daemon-process.ts'
import type { SuiteReport } from '../suite-report.ts'
import { addRounds, type RoundOptions } from './add-rounds.ts'
import { FolderJudge } from './folder-judge.ts'
import { openWorld, SteadyLoad } from './steady-load.ts'

export interface ClockRoundOptions extends RoundOptions {
  /** The library that shows a process another clock. */
  readonly library: string
}

const ledger = 'worlds/hall'
/** As libfaketime writes them: an offset, or a time to go on from. */
const clocks = ['+0', '-2h', '+400d', '@1970-01-02 00:00:00', '@2038-01-19 03:14:00', '@2106-02-07 06:28:10']
const jitterMaxSeconds = 90
const jumpsPerRound = 8
/** What a search by time looks back over. */
const linesMax = 1024

/** A folder of its own each round, with one restart under a clock by chance. */
export async function runClockRounds(options: ClockRoundOptions): Promise<SuiteReport> {
  const { suite, rounds, seed, random, library } = options
  const counts = { rounds: 0, jumps: 0, receipts: 0, backwards: 0, searches: 0 }
  const isEnough = (): boolean => counts.rounds >= rounds
  const violations = await addRounds(counts, isEnough, async () => {
    const round = new JumpingDaemon(library, random)
    await round.run()
    return round
  })
  return {
    suite,
    counts,
    violations,
    guards: [
      { name: 'jumps', value: counts.jumps, min: rounds * jumpsPerRound },
      { name: 'times that go backwards in a file', value: counts.backwards, min: rounds },
      { name: 'receipts', value: counts.receipts, min: rounds * jumpsPerRound },
    ],
    seed,
    notRun: [],
  }
}

class JumpingDaemon {
  readonly counts = { rounds: 1, jumps: 0, receipts: 0, backwards: 0, searches: 0 }
  readonly #library: string
  readonly #random: () => number
  readonly #at = scratch()
  readonly #clockFile: string
  readonly #load: SteadyLoad
  readonly #judge: FolderJudge
  #daemon: DaemonProcess | undefined

  constructor(library: string, random: () => number) {
    this.#library = library
    this.#random = random
    this.#clockFile = `${this.#at.socket}.clock`
    this.#load = SteadyLoad.start({ socket: this.#at.socket, ledgers: [ledger], writersPerLedger: 1, random })
    const { evidence, sent } = this.#load
    this.#judge = new FolderJudge(this.#at.folder, { evidence, sent: () => sent })
  }

  get violations(): readonly Violation[] {
    return this.#judge.violations
  }

  async run(): Promise<void> {
    try {
      await this.#start(this.#clock())
      for (let at = 0; at < jumpsPerRound; at++) await this.#jump()
      await this.#daemon?.kill('SIGKILL')
      this.#judge.judgeCrashed('killed under a clock that jumped')
      await this.#start(this.#clock())
      await this.#load.moved()
      await this.#load.stop()
      await this.#expectFoundByTime()
      await this.#daemon?.kill('SIGTERM')
      this.#judge.judgeRecovered('at the end')
    } catch (error) {
      this.#say(String(error))
    } finally {
      for (const sentence of this.#load.failures) this.#say(`a client gave up: ${sentence}`)
      this.#load.abort()
      await this.#daemon?.kill('SIGKILL')
      this.counts.receipts = this.#load.evidence.receipts.length
      this.#at.remove()
    }
  }

  /** Appends go on, over the connections that were there. */
  async #jump(): Promise<void> {
    await this.#load.moved()
    const before = this.#load.reconnects
    const clock = this.#clock()
    this.#setClock(clock)
    this.counts.jumps++
    await this.#load.moved()
    await this.#load.moved()
    if (this.#load.reconnects !== before) this.#say(`a jump to ${clock} cut a connection`)
  }

  /** Every time that stands in the file leads to the first line that carries it or a later one. */
  async #expectFoundByTime(): Promise<void> {
    const { lines } = splitAtLineFeeds(fs.readFileSync(path.join(this.#at.folder, `${ledger}.jsonl`)))
    const timesMs = lines.map((line) => worldEvents.timeMsOf(line) ?? Number.NaN)
    this.counts.backwards += timesMs.filter((timeMs, at) => timeMs < (timesMs[at - 1] ?? 0)).length
    if (lines.length > linesMax) return
    const world = openWorld(ledger, this.#at.socket)
    for (const timeMs of pick(timesMs, 20, this.#random)) {
      const wanted = timesMs.findIndex((other) => other >= timeMs)
      let found = lines.length
      for await (const { seq } of world.lines({ from: { time: new Date(timeMs) } })) {
        found = seq
        break
      }
      this.counts.searches++
      if (found > wanted)
        this.#say(`${new Date(timeMs).toISOString()} leads to seq ${found}, but stands at seq ${wanted} first`)
    }
    await world.close()
  }

  #clock(): string {
    const random = this.#random
    if (random() < 0.3) return `${random() < 0.5 ? '-' : '+'}${(random() * jitterMaxSeconds).toFixed(3)}`
    return clocks[Math.floor(random() * clocks.length)] as string
  }

  #setClock(clock: string): void {
    fs.writeFileSync(`${this.#clockFile}.new`, `${clock}\n`)
    fs.renameSync(`${this.#clockFile}.new`, this.#clockFile)
  }

  async #start(clock: string): Promise<void> {
    this.#setClock(clock)
    const environment = {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#clockFile,
      FAKETIME_NO_CACHE: '1',
      // A monotonic clock that jumps is no clock of this world: timers would hang, and rightly.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    }
    this.#daemon = await DaemonProcess.start(this.#at.folder, this.#at.socket, [], environment)
  }

  #say(sentence: string): void {
    this.#judge.say('misbehaved', ledger, sentence)
  }
}

function pick(from: readonly number[], count: number, random: () => number): number[] {
  return Array.from({ length: count }, () => from[Math.floor(random() * from.length)] as number)
}
