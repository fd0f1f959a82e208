// One follower of a history: a real follow stream with its filters, what it was shown, and where it goes on after the
// daemon was gone. What it saw is evidence; what it should have seen is the reference's business.
import type { DaemonFrame, FollowFrame, LinesFrame } from '@ledgerd/protocol'
import { splitAtLineFeeds, type SeenLine } from '@ledgerd/testkit'
import { defaultLimits } from '../src/config.ts'
import type { Engine } from '../src/engine/ports.ts'
import { silentLog } from '../src/ops/log.ts'
import { MetricsBoard } from '../src/ops/metrics.ts'
import { Follow } from '../src/subscribers/follow.ts'
import { FollowRoom } from '../src/subscribers/follow-room.ts'
import { LinesHeads } from '../src/subscribers/lines-head.ts'
import { ReadWindows } from '../src/subscribers/read-windows.ts'
import type { StreamSink } from '../src/subscribers/stream-sink.ts'
import { linkOf, type ModelDraft, typeOf } from './model-draft.ts'

export interface FollowWish {
  readonly ledger: string
  readonly types: readonly string[] | undefined
  readonly link: string | undefined
  readonly credit: number
}

export class ModelFollower {
  readonly wish: FollowWish
  readonly start: number
  readonly seen: SeenLine[] = []
  /** The cursor that a client would come back with. */
  next: number
  ended: string | undefined
  /** Told of each frame in the turn in which it comes; what the frame means is put off until it is known to have arrived. */
  readonly #arrive: (effect: () => void) => void
  readonly #windows = new ReadWindows(defaultLimits.readWindowBytes, defaultLimits.spareWindowsMax)
  #follow: Follow | undefined

  constructor(wish: FollowWish, start: number, arrive: (effect: () => void) => void) {
    this.wish = wish
    this.start = start
    this.next = start
    this.#arrive = arrive
  }

  /** Follows from its cursor on, on this daemon. */
  attach(engine: Engine): void {
    const { ledger, types, link, credit } = this.wish
    const frame: FollowFrame = {
      t: 'follow',
      id: 1,
      ledgers: [ledger],
      from: this.next,
      live: true,
      credit,
      ...(types === undefined ? {} : { types }),
      ...(link === undefined ? {} : { link }),
    }
    const context = {
      engine,
      limits: defaultLimits,
      metrics: new MetricsBoard(),
      log: silentLog,
      heads: new LinesHeads(),
      room: new FollowRoom(defaultLimits.followedLedgersMax),
      windows: this.#windows,
    }
    this.ended = undefined
    const sink: StreamSink = {
      isWritable: true,
      send: (sent) => this.#arrive(() => this.#take(sent)),
      sendEncoded: (head, body, onTaken) => {
        const lines = JSON.parse(Buffer.from(head).toString()) as LinesFrame
        const bytes = Buffer.from(body)
        onTaken?.()
        this.#arrive(() => this.#takeLines(lines, bytes))
        queueMicrotask(() => this.#follow?.grant(bytes.length))
      },
    }
    this.#follow = new Follow(frame, context, sink, () => undefined)
    this.#follow.start()
  }

  detach(): void {
    this.#follow?.dispose()
    this.#follow = undefined
  }

  /** True if this follower wants to see the line. */
  wants(draft: ModelDraft): boolean {
    const { types, link } = this.wish
    return (types?.includes(typeOf(draft)) ?? true) && (link === undefined || link === linkOf(draft))
  }

  #take(frame: DaemonFrame): void {
    if (frame.t === 'skip') this.#move(frame.next)
    if (frame.t === 'status' && frame.status === 'gap') throw new Error(`a gap at ${frame.seq}`)
    if (frame.t === 'end') this.ended = frame.error?.code ?? frame.reason
  }

  #takeLines({ from, n, next, seqs }: LinesFrame, body: Buffer): void {
    const { lines, rest } = splitAtLineFeeds(body)
    if (lines.length !== n || rest.length > 0) throw new Error(`${n} lines were announced, ${lines.length} came`)
    if (from < this.next) throw new Error(`seq ${from} came again, ${this.next} was next`)
    for (const [at, line] of lines.entries())
      this.seen.push({ ledger: this.wish.ledger, seq: seqs?.[at] ?? from + at, line })
    this.#move(next)
  }

  #move(next: number): void {
    if (next < this.next) throw new Error(`the cursor went back from ${this.next} to ${next}`)
    this.next = next
  }
}
