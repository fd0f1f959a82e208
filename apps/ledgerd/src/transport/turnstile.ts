// Fairness between peers in one turn of the event loop. A small message passes at once; larger ones wait in line, peer by
// peer, and only so much time a turn is spent on them. Whoever floods the daemon waits for itself; a peer that sends little
// waits for one large message of others at most, not for one of each.

export interface TurnstileOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Runs a task in the next turn of the event loop. */
  readonly nextTurn: (task: () => void) => void
  /** What one peer may send in one turn without waiting. */
  readonly lightBytesMax: number
  /** Time spent in one turn on what is not light; one message is handled in any case. */
  readonly heavyTurnMs: number
}

/** Handles a message, or a part of it: then it returns how the rest is handled, which is for a later turn. Must not throw. */
export type Handle = () => Handle | undefined

/** The messages of one peer that wait, in order. */
export class Line {
  readonly waiting: Handle[] = []
  /** Bytes that passed in the turn numbered so. */
  turn = 0
  bytes = 0
  /** Told when the first message begins to wait, and when none does any more. */
  readonly onWaiting: (isWaiting: boolean) => void

  constructor(onWaiting: (isWaiting: boolean) => void) {
    this.onWaiting = onWaiting
  }
}

export class Turnstile {
  readonly #options: TurnstileOptions
  /** Lines with messages that wait; the first is next. */
  readonly #lines: Set<Line> = new Set()
  #turn = 0
  #spentMs = 0
  #isTurnDue = false

  constructor(options: TurnstileOptions) {
    this.#options = options
  }

  /** Peers whose messages wait. */
  get waitingCount(): number {
    return this.#lines.size
  }

  /** Handles a message now or in one of the next turns; those of one line in their order. */
  pass(line: Line, bytes: number, handle: Handle): void {
    let left: Handle | undefined = handle
    if (line.waiting.length === 0) {
      if (line.turn !== this.#turn) line.bytes = 0
      line.turn = this.#turn
      line.bytes += bytes
      // Turns are counted only while something heavy is about: what is light alone costs nothing but this sum.
      if (line.bytes <= this.#options.lightBytesMax) left = handle()
      else {
        this.#turnLater()
        if (this.#lines.size === 0 && this.#spentMs < this.#options.heavyTurnMs) left = this.#spend(handle)
      }
      if (left === undefined) return
    }
    this.#turnLater()
    line.waiting.push(left)
    if (line.waiting.length > 1) return
    this.#lines.add(line)
    line.onWaiting(true)
  }

  /** Settles when a message of so many bytes, whose peer has no line of its own, may be handled. */
  turn(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.pass(new Line(() => undefined), bytes, () => {
        resolve()
        // The work comes behind this, and takes nobody knows how long.
        if (bytes > this.#options.lightBytesMax) this.#spentMs = Number.POSITIVE_INFINITY
      })
    })
  }

  #turnLater(): void {
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    this.#options.nextTurn(() => this.#nextTurn())
  }

  #nextTurn(): void {
    this.#isTurnDue = false
    this.#turn++
    this.#spentMs = 0
    for (const line of this.#lines) {
      const handle = line.waiting.shift()
      this.#lines.delete(line)
      const rest = handle === undefined ? undefined : this.#spend(handle)
      if (rest !== undefined) line.waiting.unshift(rest)
      // To the end of the queue, if it has more.
      if (line.waiting.length > 0) this.#lines.add(line)
      else line.onWaiting(false)
      if (this.#spentMs >= this.#options.heavyTurnMs) break
    }
    if (this.#lines.size > 0) this.#turnLater()
  }

  #spend(handle: Handle): Handle | undefined {
    const { now } = this.#options
    const began = now()
    const rest = handle()
    this.#spentMs += now() - began
    return rest
  }
}
