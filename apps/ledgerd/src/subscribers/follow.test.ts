import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DaemonFrame, FollowFrame, LinesFrame, StatusFrame } from '@ledgerd/protocol'
import { MemoryEngine } from '../../test/memory-engine.ts'
import { defaultLimits } from '../config.ts'
import type { Limits } from '../config.ts'
import { silentLog } from '../ops/log.ts'
import { MetricsBoard } from '../ops/metrics.ts'
import { Follow } from './follow.ts'
import { FollowRoom } from './follow-room.ts'
import { LinesHeads } from './lines-head.ts'
import type { StreamSink } from './stream-sink.ts'

const limits: Limits = { ...defaultLimits, readWindowBytes: 200, creditBytesMax: 1000, lineBytesMax: 60 }
const base: FollowFrame = { t: 'follow', id: 1, ledgers: ['a'], from: 'start', live: true, credit: 1000 }

describe('a stream', () => {
  it('reads the file, cuts over and goes on live, in order', async () => {
    const { engine, peer, follow } = setUp({}, { a: numbered(0, 20) })
    follow.start()
    await settle()
    engine.commit('a', numbered(20, 3))
    expect(peer.linesOf('a')).toEqual(numbered(0, 23))
    expect(peer.statuses()).toEqual(['a catching-up 0/20', 'a live 20/20'])
  })

  it('says live at once when nothing is behind', async () => {
    const { peer, follow } = setUp({ from: 'end' }, { a: numbered(0, 5) })
    follow.start()
    await settle()
    expect(peer.statuses()).toEqual(['a live 5/5'])
  })

  it('starts where it was told in a ledger whose name every object knows', async () => {
    const { peer, follow } = setUp({ ledgers: ['constructor'], cursors: { a: 1 } }, { constructor: numbered(0, 3) })
    follow.start()
    await settle()
    expect(peer.linesOf('constructor')).toEqual(numbered(0, 3))
  })

  it('ends at the head it saw when live is false', async () => {
    const { engine, peer, follow } = setUp({ live: false }, { a: numbered(0, 10) })
    engine.heldReads = []
    follow.start()
    await settle()
    engine.commit('a', numbered(10, 5))
    while (peer.ends().length === 0) {
      engine.heldReads.splice(0).forEach((release) => release())
      await settle()
    }
    expect(peer.linesOf('a')).toEqual(numbered(0, 10))
    expect(peer.ends()).toEqual(['done'])
  })

  it('falls back to the file when credit is out, is live again, and lets go in the end', async () => {
    const { engine, peer, follow } = setUp({ from: 'end', credit: 40 }, { a: numbered(0, 2) })
    follow.start()
    await settle()
    engine.commit('a', numbered(2, 10))
    await settle()
    peer.isReturningCredit = true
    follow.grant(40)
    await settle()
    expect(peer.linesOf('a')).toEqual(numbered(2, 10))
    expect(peer.statuses()).toEqual(['a live 2/2', expect.stringMatching(/^a fell-behind/), 'a live 12/12'])
    follow.dispose()
    expect(engine.ledgers.get('a')?.listeners.size).toBe(0)
  })

  it('never has more outstanding than the credit', async () => {
    const { peer, follow } = setUp({ credit: 100 }, { a: numbered(0, 50) })
    follow.start()
    await settle()
    expect(peer.bodyBytes).toBeLessThanOrEqual(100)
    expect(peer.bodyBytes).toBeGreaterThan(50)
  })

  it('sends a line longer than the credit when all of it is free', async () => {
    const long = JSON.stringify({ n: 0, pad: 'x'.repeat(300) })
    const { peer, follow } = setUp({ credit: 50 }, { a: [long, ...numbered(1, 2)] })
    peer.isReturningCredit = true
    follow.start()
    await settle()
    expect(peer.linesOf('a')).toEqual([long, ...numbered(1, 2)])
  })

  it('waits while the outbox is full', async () => {
    const { peer, follow } = setUp({}, { a: numbered(0, 50) })
    peer.isWritable = false
    follow.start()
    await settle()
    expect(peer.linesOf('a')).toEqual([])
    peer.isWritable = true
    follow.wake()
    await settle()
    expect(peer.linesOf('a').length).toBeGreaterThan(10)
  })

  it('passes over a line that fits no frame, and says so', async () => {
    const tiny: Limits = { ...limits, batchBytesMax: 100 }
    const long = JSON.stringify({ pad: 'x'.repeat(200) })
    const { peer, follow } = setUp({}, { a: [...numbered(0, 1), long, ...numbered(2, 1)] }, tiny)
    follow.start()
    await settle()
    expect(peer.linesOf('a')).toEqual([...numbered(0, 1), ...numbered(2, 1)])
    expect(peer.statuses()).toEqual(['a catching-up 0/3', 'a gap 1/2', 'a live 3/3'])
  })

  it.each([
    { name: 'a cursor beyond the end', frame: { from: 99 }, want: 'cursor-ahead', code: 'CURSOR_AHEAD' },
    { name: 'a read of no ledger', frame: { ledgers: ['nope'], live: false }, want: 'error', code: 'LEDGER_NOT_FOUND' },
    { name: 'a ledger gone since', frame: { ledgers: ['nope'], from: 3 }, want: 'error', code: 'LEDGER_NOT_FOUND' },
  ])('ends for $name', async ({ frame, want, code }) => {
    const { peer, follow } = setUp(frame, { a: numbered(0, 3) })
    follow.start()
    await settle()
    expect(peer.frames.at(-1)).toMatchObject({ t: 'end', reason: want, error: { code } })
  })
})

describe('a reader that comes before the writer', () => {
  it.each(['start', 'end', 0, -5] as const)('waits for the first line, from %s', async (from) => {
    const { engine, peer, follow } = setUp({ ledgers: ['late', 'a'], from }, { a: numbered(0, 3) })
    follow.start()
    await settle()
    expect(peer.statuses()).toContain('late live 0/0')
    engine.commit('later', numbered(0, 1))
    engine.commit('late', numbered(0, 2))
    await settle()
    engine.commit('late', numbered(2, 1))
    await settle()
    expect(peer.linesOf('late')).toEqual(numbered(0, 3))
    expect(peer.linesOf('later')).toEqual([])
  })
})

describe('several ledgers', () => {
  it('reads all that match, picks up new ones, and ignores others', async () => {
    const { engine, peer, follow } = setUp(
      { ledgers: ['w/*', 'x'] },
      { 'w/a': numbered(0, 3), 'w/b': numbered(0, 2), x: numbered(0, 1), y: numbered(0, 9) },
    )
    follow.start()
    await settle()
    engine.commit('w/c', numbered(0, 2))
    engine.commit('z', numbered(0, 2))
    await settle()
    engine.commit('w/c', numbered(2, 1))
    expect(['w/a', 'w/b', 'x', 'w/c', 'y', 'z'].map((id) => peer.linesOf(id).length)).toEqual([3, 2, 1, 3, 0, 0])
  })

  it('goes on when one fails, and ends with its reason when it was the last', async () => {
    const { peer, follow } = setUp({ ledgers: ['a', 'nope'], live: false }, { a: numbered(0, 3) })
    follow.start()
    await settle()
    expect(peer.linesOf('a').length).toBe(3)
    expect(peer.statuses()).toContain('nope closed 0/0')
    expect(peer.frames.at(-1)).toMatchObject({ t: 'end', reason: 'error', error: { code: 'LEDGER_NOT_FOUND' } })
  })

  it('starts each from its own cursor', async () => {
    const { peer, follow } = setUp({ ledgers: ['a', 'b'], cursors: { b: 2 } }, { a: numbered(0, 3), b: numbered(0, 3) })
    follow.start()
    await settle()
    expect([peer.linesOf('a').length, peer.linesOf('b').length]).toEqual([3, 1])
  })

  it('opens no more than the peer is told of, and goes on when it takes that', async () => {
    const { peer, follow } = setUp({ ledgers: ['**'], from: 'end' }, { a: [], b: [], c: [] })
    peer.isWritable = false
    follow.start()
    await settle()
    expect(peer.statuses()).toEqual([])
    peer.isWritable = true
    follow.wake()
    await settle()
    expect(peer.statuses()).toEqual(['a live 0/0', 'b live 0/0', 'c live 0/0'])
    follow.dispose()
  })

  it('leaves none open when it ends while the peer takes nothing', async () => {
    const { peer, follow } = setUp({ ledgers: ['**'], from: 'end' }, { a: [], b: [] })
    peer.isWritable = false
    follow.start()
    await settle()
    follow.dispose()
    await settle()
    expect(peer.frames).toEqual([])
  })

  it('follows as many ledgers as all streams together may, and gives them back', async () => {
    const engine = new MemoryEngine()
    for (const ledger of ['a', 'b', 'c']) engine.commit(ledger, [])
    const room = new FollowRoom(2)
    const open = (): Peer => {
      const peer = new Peer()
      peer.follow = newFollow({ ...base, ledgers: ['*'], from: 'end' }, engine, peer, limits, room)
      peer.follow.start()
      return peer
    }
    const first = open()
    await settle()
    expect(first.statuses()).toEqual(['a live 0/0', 'b live 0/0', 'c closed 0/0'])
    expect(room.count).toBe(2)
    first.follow?.dispose()
    expect(room.count).toBe(0)
    const second = open()
    await settle()
    expect(second.statuses().slice(0, 2)).toEqual(['a live 0/0', 'b live 0/0'])
    second.follow?.dispose()
    expect(room.count).toBe(0)
  })

  it('refuses more than one stream may read', () => {
    const { follow } = setUp({ ledgers: ['**'] }, { a: [], b: [], c: [] }, { ...limits, ledgersPerStreamMax: 2 })
    expect(() => follow.start()).toThrow('REQUEST_INVALID')
  })
})

describe('a filtered stream', () => {
  const mixed = ['x', 'y', 'x', 'y', 'y', 'y'].map((type, n) => JSON.stringify({ n, type, link: n > 3 ? 'l' : null }))

  it.each([
    { name: 'by type', frame: { types: ['x'] }, want: [0, 2] },
    { name: 'by link', frame: { link: 'l' }, want: [4, 5] },
    { name: 'by both', frame: { types: ['x'], link: 'l' }, want: [] },
  ])('$name sends the lines that match and moves the cursor over the rest', async ({ frame, want }) => {
    const { peer, follow } = setUp(frame, { a: mixed })
    follow.start()
    await settle()
    expect(peer.linesOf('a').map((line) => JSON.parse(line).n)).toEqual(want)
    expect(peer.cursors.get('a')).toBe(6)
  })

  it('tells a live peer about skipped lines once per heartbeat', async () => {
    const { engine, peer, follow } = setUp({ types: ['x'], from: 'end' }, { a: mixed })
    follow.start()
    await settle()
    engine.commit('a', mixed.slice(3, 5))
    expect(peer.frames.filter((frame) => frame.t === 'skip')).toEqual([])
    follow.announceSkipped()
    expect(peer.frames.at(-1)).toEqual({ t: 'skip', id: 1, ledger: 'a', next: 8 })
  })
})

describe('the model', () => {
  it('delivers every line once and in order under any interleaving of commits, credits, full outboxes, cuts', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('commit' as const),
          ledger: fc.constantFrom('a', 'b'),
          lines: fc.integer({ min: 1, max: 9 }),
        }),
      },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('release' as const) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('credit' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('block' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('beat' as const) }) },
    )
    const types = fc.option(fc.constant(['even']), { nil: undefined })
    let fellBehind = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 120 }),
        types,
        fc.integer({ min: 20, max: 400 }),
        async (steps, wanted, credit) => {
          const engine = new MemoryEngine()
          const peer = new Peer()
          const written: Record<string, string[]> = { a: [], b: [] }
          let follow: Follow | undefined
          const connect = (): void => {
            follow?.dispose()
            peer.isWritable = true
            const frame: FollowFrame = {
              ...base,
              ledgers: ['*'],
              credit,
              cursors: Object.fromEntries(peer.cursors),
              ...(wanted && { types: wanted }),
            }
            follow = newFollow(frame, engine, peer, limits)
            peer.follow = follow
            peer.outstanding = 0
            follow.start()
          }
          engine.heldReads = []
          connect()
          for (const action of steps) {
            if (action.do === 'commit') {
              const lines = typed(written[action.ledger]?.length ?? 0, action.lines)
              written[action.ledger]?.push(...lines)
              engine.commit(action.ledger, lines)
            } else if (action.do === 'release') engine.heldReads.shift()?.()
            else if (action.do === 'credit') peer.returnCredit()
            else if (action.do === 'cut') connect()
            else if (action.do === 'beat') follow?.announceSkipped()
            else {
              peer.isWritable = !peer.isWritable
              follow?.wake()
            }
            await settle()
            expect(peer.outstanding).toBeLessThanOrEqual(Math.max(credit, 60))
          }
          peer.isWritable = true
          peer.isReturningCredit = true
          const held = engine.heldReads
          engine.heldReads = undefined
          held.forEach((release) => release())
          peer.returnCredit()
          follow?.wake()
          await settle()
          for (const ledger of ['a', 'b'])
            expect(peer.linesOf(ledger)).toEqual(
              written[ledger]?.filter((line) => wanted === undefined || line.includes('even')),
            )
          fellBehind += peer.statuses().filter((status) => status.includes('fell-behind')).length
          follow?.dispose()
        },
      ),
      { numRuns: 200 },
    )
    expect(fellBehind).toBeGreaterThan(100)
  })
})

/** The other end: counts what it got, keeps the cursor as a client would. */
class Peer implements StreamSink {
  readonly frames: DaemonFrame[] = []
  readonly cursors = new Map<string, number>()
  readonly #lines = new Map<string, string[]>()
  isWritable = true
  isReturningCredit = false
  bodyBytes = 0
  outstanding = 0
  follow: Follow | undefined

  send(frame: DaemonFrame): void {
    this.frames.push(frame)
    if (frame.t === 'skip') this.#move(frame.ledger, frame.next)
    if (frame.t === 'status' && frame.status === 'gap') this.#move(frame.ledger, frame.head)
  }

  sendEncoded(head: Uint8Array, body: Uint8Array): void {
    const frame = JSON.parse(Buffer.from(head).toString()) as LinesFrame
    const lines = Buffer.from(body).toString().split('\n').slice(0, -1)
    expect(lines.length).toBe(frame.n)
    expect(frame.from).toBeGreaterThanOrEqual(this.cursors.get(frame.ledger) ?? 0)
    this.#lines.set(frame.ledger, [...this.linesOf(frame.ledger), ...lines])
    this.#move(frame.ledger, frame.next)
    this.bodyBytes += body.length
    this.outstanding += body.length
    if (this.isReturningCredit) queueMicrotask(() => this.returnCredit())
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

function setUp(frame: Partial<FollowFrame>, ledgers: Record<string, string[]>, bounds: Limits = limits) {
  const engine = new MemoryEngine()
  for (const [ledger, lines] of Object.entries(ledgers)) engine.commit(ledger, lines)
  const peer = new Peer()
  const follow = newFollow({ ...base, ...frame }, engine, peer, bounds)
  peer.follow = follow
  return { engine, peer, follow }
}

function newFollow(
  frame: FollowFrame,
  engine: MemoryEngine,
  peer: Peer,
  bounds: Limits,
  room: FollowRoom = new FollowRoom(bounds.followedLedgersMax),
): Follow {
  const shared = { heads: new LinesHeads(), room }
  const context = { engine, limits: bounds, metrics: new MetricsBoard(), log: silentLog, ...shared }
  return new Follow(frame, context, peer, () => {})
}

function numbered(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify({ n: from + index, type: 't' }))
}

function typed(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ n: from + index, type: (from + index) % 2 ? 'odd' : 'even' }),
  )
}

/** Lets every promise that can go on without the test go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
