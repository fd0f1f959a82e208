// Which ledgers a stream reads and from where: ids as they are named, patterns as they match now and, on a live stream,
// as ledgers appear. Each ledger is opened once, however many patterns match it.
import { beginsWithDay, compilePattern, isWildcard } from '@ledgerd/protocol'
import type { FollowFrame, StreamStart } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema/errors'
import type { Engine, StartAt } from '../engine/ports.ts'

export class FollowTargets {
  readonly #frame: FollowFrame
  readonly #engine: Engine
  readonly #ledgersMax: number
  readonly #matchers: readonly ((id: string) => boolean)[]
  readonly #seen = new Set<string>()
  readonly #opening = new Set<string>()
  /** Plain ids of a live stream whose first line is still to come. */
  readonly #awaited = new Set<string>()
  #unsubscribe: (() => void) | undefined

  constructor(frame: FollowFrame, engine: Engine, ledgersMax: number) {
    this.#frame = frame
    this.#engine = engine
    this.#ledgersMax = ledgersMax
    this.#matchers = frame.ledgers.filter(isWildcard).map(compilePattern)
  }

  /** One plain id: its failure is the stream's failure. */
  get isSingle(): boolean {
    return this.#frame.ledgers.length === 1 && this.#matchers.length === 0
  }

  /** Nothing is being opened, and nothing new can appear. */
  get isExhausted(): boolean {
    return this.#opening.size === 0 && this.#unsubscribe === undefined
  }

  /** Throws REQUEST_INVALID when more ledgers match than one stream may read. */
  start(open: (ledger: string, from: StartAt) => void): void {
    const named = this.#frame.ledgers.filter((id) => !isWildcard(id))
    const matching = this.#matchers.length === 0 ? [] : this.#engine.list().filter((id) => this.#isMatch(id))
    const ledgers = new Set([...named, ...matching])
    if (ledgers.size > this.#ledgersMax)
      throw new LedgerError(
        'REQUEST_INVALID',
        `${ledgers.size} ledgers match; one stream reads at most ${this.#ledgersMax}`,
      )
    for (const ledger of named) if (this.#isToCome(ledger)) this.#awaited.add(ledger)
    if (this.#frame.live && (this.#matchers.length > 0 || this.#awaited.size > 0))
      this.#unsubscribe = this.#engine.onCreated((ledger) => {
        if (this.#isMatch(ledger)) this.#open(ledger, 'start', open)
      })
    for (const ledger of ledgers)
      if (!this.#awaited.has(ledger)) this.#open(ledger, startOf(this.#startIn(ledger)), open)
  }

  /** Throws REQUEST_INVALID when the stream reads as many as it may: ledgers may appear beside those it began with. */
  assertRoom(openCount: number): void {
    if (openCount < this.#ledgersMax) return
    throw new LedgerError('REQUEST_INVALID', `one stream reads at most ${this.#ledgersMax} ledgers`)
  }

  /** Ids that were asked for and do not exist yet. */
  get awaited(): Iterable<string> {
    return this.#awaited
  }

  /** Opening this ledger came to an end, good or bad. */
  settle(ledger: string): void {
    this.#opening.delete(ledger)
  }

  stop(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }

  #open(ledger: string, from: StartAt, open: (ledger: string, from: StartAt) => void): void {
    if (this.#seen.has(ledger)) return
    this.#seen.add(ledger)
    this.#opening.add(ledger)
    open(ledger, from)
  }

  /** A reader may come before the writer, unless it remembers lines that are gone. */
  #isToCome(ledger: string): boolean {
    if (!this.#frame.live || this.#engine.has(ledger)) return false
    const from = this.#startIn(ledger)
    return typeof from !== 'number' || from <= 0
  }

  /** Own members only: `constructor` is a good name for a ledger. */
  #startIn(ledger: string): StreamStart {
    const { cursors = {}, from } = this.#frame
    return Object.hasOwn(cursors, ledger) ? (cursors[ledger] ?? from) : from
  }

  #isMatch(ledger: string): boolean {
    if (this.#awaited.has(ledger)) return true
    return this.#matchers.some((matches) => matches(ledger))
  }
}

/** The wire's start as the reader's. */
export function startOf(start: StreamStart): StartAt {
  if (typeof start !== 'object') return start
  const timeMs = beginsWithDay(start.time) ? Date.parse(start.time) : Number.NaN
  if (Number.isNaN(timeMs))
    throw new LedgerError('REQUEST_INVALID', 'a start time must be a date of the calendar in RFC 3339')
  return { timeMs }
}
