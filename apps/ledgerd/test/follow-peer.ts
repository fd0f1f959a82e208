// A stream with both its ends at hand: a follow on an engine in memory, and a peer that counts what it gets and keeps
// its cursors as a client would.
import { expect } from 'vitest'
import type { DaemonFrame, FollowFrame, LinesFrame, StatusFrame } from '@ledgerd/protocol'
import { defaultLimits } from '../src/config.ts'
import type { Limits } from '../src/config.ts'
import { silentLog } from '../src/ops/log.ts'
import { MetricsBoard } from '../src/ops/metrics.ts'
import { Follow } from '../src/subscribers/follow.ts'
import { FollowRoom } from '../src/subscribers/follow-room.ts'
import { LinesHeads } from '../src/subscribers/lines-head.ts'
import { ReadWindows } from '../src/subscribers/read-windows.ts'
import type { StreamSink } from '../src/subscribers/stream-sink.ts'
import { MemoryEngine } from './memory-engine.ts'

/** Small enough that a few lines meet every bound. */
export const followLimits: Limits = {
  ...defaultLimits,
  readWindowBytes: 200,
  creditBytesMax: 1000,
  lineBytesMax: 60,
  linesFrameBytesMax: 90,
}
export const followFrame: FollowFrame = { t: 'follow', id: 1, ledgers: ['a'], from: 'start', live: true, credit: 1000 }

/** The other end: counts what it got, keeps the cursor as a client would. */
export class FollowPeer implements StreamSink {
  readonly frames: DaemonFrame[] = []
  readonly cursors = new Map<string, number>()
  readonly #lines = new Map<string, string[]>()
  isWritable = true
  isReturningCredit = false
  /** When set, bodies are kept as they came, with what they held then, and count as taken only by `takeAll`. */
  holding: { readonly body: Uint8Array; readonly text: string }[] | undefined
  readonly taking: (() => void)[] = []
  bodyBytes = 0
  outstanding = 0
  follow: Follow | undefined

  send(frame: DaemonFrame): void {
    this.frames.push(frame)
    if (frame.t === 'skip') this.#move(frame.ledger, frame.next)
    if (frame.t === 'status' && frame.status === 'gap') this.#move(frame.ledger, frame.head)
  }

  sendEncoded(head: Uint8Array, body: Uint8Array, onTaken?: () => void): void {
    const frame = JSON.parse(Buffer.from(head).toString()) as LinesFrame
    const lines = Buffer.from(body).toString().split('\n').slice(0, -1)
    expect(lines.length).toBe(frame.n)
    expect(frame.from).toBeGreaterThanOrEqual(this.cursors.get(frame.ledger) ?? 0)
    this.#lines.set(frame.ledger, [...this.linesOf(frame.ledger), ...lines])
    this.#move(frame.ledger, frame.next)
    this.bodyBytes += body.length
    this.outstanding += body.length
    this.holding?.push({ body, text: Buffer.from(body).toString() })
    if (onTaken !== undefined) this.taking.push(onTaken)
    if (this.holding === undefined) this.takeAll()
    if (this.isReturningCredit) queueMicrotask(() => this.returnCredit())
  }

  /** Says of every body so far that it is not read any more. */
  takeAll(): void {
    for (const onTaken of this.taking.splice(0)) onTaken()
  }

  returnCredit(): void {
    const bytes = this.outstanding
    this.outstanding = 0
    if (bytes > 0) this.follow?.grant(bytes)
  }

  linesOf(ledger: string): string[] {
    return this.#lines.get(ledger) ?? []
  }

  statuses(): string[] {
    return this.frames
      .filter((frame): frame is StatusFrame => frame.t === 'status')
      .map((frame) => `${frame.ledger} ${frame.status} ${frame.seq}/${frame.head}`)
  }

  ends(): string[] {
    return this.frames.flatMap((frame) => (frame.t === 'end' ? [frame.reason] : []))
  }

  #move(ledger: string, next: number): void {
    expect(next).toBeGreaterThanOrEqual(this.cursors.get(ledger) ?? 0)
    this.cursors.set(ledger, next)
  }
}

/** A follow that is yet to be started, on an engine that holds these lines. */
export function openFollow(
  frame: Partial<FollowFrame>,
  ledgers: Record<string, string[]>,
  bounds: Limits = followLimits,
): { engine: MemoryEngine; peer: FollowPeer; follow: Follow } {
  const engine = new MemoryEngine()
  for (const [ledger, lines] of Object.entries(ledgers)) engine.commit(ledger, lines)
  const peer = new FollowPeer()
  const follow = newFollow({ ...followFrame, ...frame }, engine, peer, bounds)
  peer.follow = follow
  return { engine, peer, follow }
}

/** The same for a peer that has been there before, or that shares a room with others. */
export function newFollow(
  frame: FollowFrame,
  engine: MemoryEngine,
  peer: FollowPeer,
  bounds: Limits = followLimits,
  room: FollowRoom = new FollowRoom(bounds.followedLedgersMax),
): Follow {
  const windows = new ReadWindows(bounds.readWindowBytes, bounds.spareWindowsMax)
  const shared = { heads: new LinesHeads(), room, windows }
  const context = { engine, limits: bounds, metrics: new MetricsBoard(), log: silentLog, ...shared }
  return new Follow(frame, context, peer, () => {})
}

/** So many lines of type `t`, counted on from a number. */
export function numbered(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify({ n: from + index, type: 't' }))
}

/** Lets every promise that can go on without the test go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
