// Streams under a clock and a socket that the test moves: what may reach a reader, credit, resuming, statuses, ends.
import type { DaemonFrame, FollowFrame } from '@ledgerd/protocol'
import type { ErrorCode } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { ManualPlatform } from '../conformance/manual-platform.ts'
import { notes } from '../conformance/note-schema.ts'
import type { FollowStatus } from './follow-status.ts'
import type { Ledger } from './ledger.ts'
import type { Line } from './line-buffer.ts'
import { Connector } from './open-ledger.ts'

type Notes = Ledger<typeof notes.events>
type LinesOptions = Parameters<Notes['lines']>[0]

describe('what the daemon sends', () => {
  const lines = (from: number, n: number, next = from + n, seqs?: number[]): DaemonFrame => ({
    ...{ t: 'lines', id: 1, ledger: 'a', from, n, next },
    ...(seqs === undefined ? {} : { seqs }),
  })
  const skip = (next: number): DaemonFrame => ({ t: 'skip', id: 1, ledger: 'a', next })
  const gap = (seq: number, head: number): DaemonFrame => ({
    ...{ t: 'status', id: 1, ledger: 'a', status: 'gap', seq, head, reason: 'archived' },
  })
  const cases: { name: string; options?: LinesOptions; frames: DaemonFrame[]; want: number[] | 'broken' }[] = [
    { name: 'line after line', frames: [lines(0, 2), lines(2, 1)], want: [0, 1, 2] },
    { name: 'from the cursor asked for', options: { from: 5 }, frames: [lines(5, 2)], want: [5, 6] },
    { name: 'wherever the end is', options: { from: 'end' }, frames: [lines(70, 1), lines(71, 1)], want: [70, 71] },
    { name: 'a missing start', frames: [lines(1, 1)], want: 'broken' },
    { name: 'before the cursor', options: { from: 5 }, frames: [lines(4, 2)], want: 'broken' },
    { name: 'a hole between frames', frames: [lines(0, 2), lines(3, 1)], want: 'broken' },
    { name: 'a repeated frame', frames: [lines(0, 2), lines(0, 2)], want: 'broken' },
    { name: 'an overlap', frames: [lines(0, 2), lines(1, 2)], want: 'broken' },
    { name: 'frames in the wrong order', options: { from: 'end' }, frames: [lines(2, 1), lines(1, 1)], want: 'broken' },
    { name: 'a hole at the end of a frame', frames: [lines(0, 2, 3)], want: 'broken' },
    { name: 'holes in a frame', frames: [lines(0, 2, 3, [0, 2])], want: 'broken' },
    { name: 'a skip on an unfiltered stream', frames: [skip(3)], want: 'broken' },
    { name: 'a gap that says why', frames: [lines(0, 1), gap(1, 4), lines(4, 1)], want: [0, 4] },
    { name: 'a gap before the cursor', frames: [lines(0, 2), gap(1, 4)], want: 'broken' },
    {
      name: 'a filtered stream with skips',
      options: { types: ['t'] },
      frames: [skip(3), lines(4, 2, 9, [4, 7]), lines(12, 1)],
      want: [4, 7, 12],
    },
    { name: 'a skip back', options: { link: 'x' }, frames: [lines(4, 1), skip(3)], want: 'broken' },
    { name: 'a filtered repeat', options: { types: ['t'] }, frames: [lines(4, 1), lines(4, 1)], want: 'broken' },
  ]
  it.each(cases)('$name', async ({ options, frames, want }) => {
    const { platform, ledger } = opened()
    const reading = collect(ledger.lines(options))
    platform.socket.welcome()
    for (const frame of frames) platform.socket.receive(frame, 'n' in frame ? 'x\n'.repeat(frame.n) : '')
    platform.socket.receive({ t: 'end', id: 1, reason: 'done' })
    const { seqs, error } = await reading
    if (want === 'broken') expect(error).toMatchObject({ code: 'INTEGRITY_BROKEN', details: { ledger: 'a' } })
    else expect({ seqs, error }).toEqual({ seqs: want, error: undefined })
  })

  it.each(['x\n', 'x\nx\nx\n'])('a body that does not hold the lines announced: %j', async (body) => {
    const { platform, ledger } = opened()
    const reading = collect(ledger.lines())
    platform.socket.welcome()
    platform.socket.receive(lines(0, 2), body.length < 4 ? 'xx\n' : body)
    expect((await reading).error).toMatchObject({ code: 'INTEGRITY_BROKEN' })
  })
})

describe('ends', () => {
  const ends: { reason: 'cursor-ahead' | 'cursor-gone' | 'denied' | 'error'; code: ErrorCode }[] = [
    { reason: 'cursor-ahead', code: 'CURSOR_AHEAD' },
    { reason: 'cursor-gone', code: 'CURSOR_GONE' },
    { reason: 'denied', code: 'FORBIDDEN' },
    { reason: 'error', code: 'INTERNAL' },
  ]
  it.each(ends)('$reason: $code, behind the lines before it', async ({ reason, code }) => {
    const { platform, ledger } = opened()
    const reading = collect(ledger.lines({ follow: true }))
    platform.socket.welcome()
    platform.socket.receive({ t: 'lines', id: 1, ledger: 'a', from: 0, n: 1, next: 1 }, 'x\n')
    platform.socket.receive({ t: 'end', id: 1, reason })
    expect(await reading).toMatchObject({ seqs: [0], error: { code, retryable: false } })
    expect(platform.socket.sent.some(({ t }) => t === 'stop')).toBe(false)
  })

  it('draining and BUSY are tried again, on the same connection if it stays', async () => {
    const { platform, ledger } = opened()
    const reading = collect(ledger.lines({ follow: true }), 2)
    platform.socket.welcome()
    platform.socket.receive({ t: 'lines', id: 1, ledger: 'a', from: 0, n: 1, next: 1 }, 'x\n')
    platform.socket.receive({ t: 'end', id: 1, reason: 'draining' })
    await platform.advance(100)
    const error = { code: 'BUSY', message: 'opening', retryable: true, retryAfterMs: 400 } as const
    platform.socket.receive({ t: 'error', id: 2, error })
    await platform.advance(399)
    expect(follows(platform)).toHaveLength(2)
    await platform.advance(1)
    expect(follows(platform).at(-1)).toMatchObject({ id: 3, cursors: { a: 1 } })
    platform.socket.receive({ t: 'lines', id: 3, ledger: 'a', from: 1, n: 1, next: 2 }, 'x\n')
    expect(await reading).toEqual({ seqs: [0, 1], error: undefined })
  })

  it('a follow waits for a ledger that is not there yet, and misses nothing of it; a cursor in it is an error', async () => {
    const { platform, ledger } = opened()
    const reading = collect(ledger.lines({ from: 'end', follow: true }), 1)
    const resuming = collect(ledger.lines({ from: 3, follow: true }))
    const listing = collect(ledger.lines())
    platform.socket.welcome()
    const error = { code: 'LEDGER_NOT_FOUND', message: 'none', retryable: false } as const
    for (const { id } of follows(platform)) platform.socket.receive({ t: 'error', id, error })
    expect((await resuming).error).toMatchObject({ code: 'LEDGER_NOT_FOUND' })
    expect((await listing).error).toMatchObject({ code: 'LEDGER_NOT_FOUND' })
    await platform.advance(100)
    expect(follows(platform).at(-1)).toMatchObject({ id: 4, cursors: { a: 0 } })
    platform.socket.receive({ t: 'lines', id: 4, ledger: 'a', from: 0, n: 1, next: 1 }, 'x\n')
    expect((await reading).seqs).toEqual([0])
  })

  it('a read gives up at its deadline, a follow does not', async () => {
    const { platform, ledger } = opened()
    const reading = collect(ledger.lines({ deadlineMs: 1000 }))
    const following = collect(ledger.lines({ follow: true }), 1)
    for (let attempt = 0; attempt < 4; attempt += 1) {
      platform.socket.end()
      await platform.advance(200 * 2 ** attempt)
    }
    expect((await reading).error).toMatchObject({ code: 'UNREACHABLE', retryable: true })
    platform.socket.welcome()
    const [{ id } = { id: 0 }] = follows(platform)
    platform.socket.receive({ t: 'lines', id, ledger: 'a', from: 0, n: 1, next: 1 }, 'x\n')
    expect(await following).toEqual({ seqs: [0], error: undefined })
  })

  it('abort ends a follow and breaks a read; close does likewise', async () => {
    const { platform, ledger } = opened()
    const { signal } = { signal: AbortSignal.abort() }
    expect(await collect(ledger.lines({ follow: true, signal }))).toEqual({ seqs: [], error: undefined })
    expect((await collect(ledger.lines({ signal }))).error).toMatchObject({ code: 'ABORTED' })
    const [reading, following] = [collect(ledger.lines()), collect(ledger.lines({ follow: true }))]
    platform.socket.welcome()
    await ledger.close()
    expect((await reading).error).toMatchObject({ code: 'CLOSED' })
    expect(await following).toEqual({ seqs: [], error: undefined })
    expect(platform.timerCount).toBe(0)
  })
})

describe('credit', () => {
  it('comes back as lines are taken, and never counts bytes twice across a cut', async () => {
    const { platform, ledger } = opened({ creditBytes: 131_072 })
    const iterator = ledger.lines({ follow: true })[Symbol.asyncIterator]()
    const first = iterator.next()
    platform.socket.welcome()
    expect(follows(platform)[0]?.credit).toBe(131_072)
    const line = `${'x'.repeat(9999)}\n`
    platform.socket.receive({ t: 'lines', id: 1, ledger: 'a', from: 0, n: 10, next: 10 }, line.repeat(10))
    await first
    for (let taken = 1; taken < 4; taken += 1) await iterator.next()
    expect(platform.socket.sent.at(-1)).toEqual({ t: 'credit', id: 1, bytes: 40_000 })
    platform.socket.end()
    await platform.advance(100)
    platform.socket.welcome()
    expect(follows(platform)[0]).toMatchObject({ cursors: { a: 10 }, credit: 131_072 - 60_000 })
  })
})

describe('statuses', () => {
  it('tell of each cut once, and once of the recovery', async () => {
    const { platform, ledger } = opened()
    const follow = ledger.follow()
    const seen: string[] = []
    const watching = watch(follow.status(), seen)
    for (let round = 0; round < 3; round += 1) {
      platform.socket.welcome()
      const [{ id } = { id: 0 }] = follows(platform)
      const status = { t: 'status', id, ledger: 'a', status: 'live', seq: 0, head: 0 } as const
      platform.socket.receive(status)
      platform.socket.receive(status)
      platform.socket.end()
      await platform.advance(100)
    }
    await ledger.close()
    await watching
    const round = ['live', 'reconnecting']
    expect(seen).toEqual(['connecting', ...round, ...round, ...round, 'closed'])
  })

  it('learn from the daemon where "end" was, so that a cut loses nothing', async () => {
    const { platform, ledger } = opened()
    const reading = collect(ledger.lines({ from: 'end', follow: true }), 1)
    platform.socket.welcome()
    platform.socket.receive({ t: 'status', id: 1, ledger: 'a', status: 'live', seq: 8, head: 8 })
    platform.socket.end()
    await platform.advance(100)
    platform.socket.welcome()
    expect(follows(platform)[0]).toMatchObject({ cursors: { a: 8 } })
    const [{ id } = { id: 0 }] = follows(platform)
    platform.socket.receive({ t: 'lines', id, ledger: 'a', from: 8, n: 1, next: 9 }, 'x\n')
    expect((await reading).seqs).toEqual([8])
  })
})

describe('typed streams', () => {
  const body = [
    { data: { text: 'x' }, id: '1', link: null, meta: {}, type: 'note.text' },
    { data: { text: 7 }, id: '2', link: null, meta: {}, type: 'note.text' },
    { data: { anything: 1 }, id: '3', link: null, meta: {}, type: 'note.later' },
    { data: { count: 4 }, id: '4', link: null, meta: {}, type: 'note.count' },
  ]
  const text = `${body.map((line) => JSON.stringify(line)).join('\n')}\n \t\r\n`

  it('throw EVENT_INVALID with its number for a line that does not fit its type', async () => {
    const { platform, ledger } = opened()
    const reading = collect(ledger.follow())
    platform.socket.welcome()
    platform.socket.receive({ t: 'lines', id: 1, ledger: 'a', from: 0, n: 5, next: 5 }, text)
    expect(await reading).toMatchObject({
      seqs: [0],
      error: { code: 'EVENT_INVALID', details: { ledger: 'a', seq: 1 } },
    })
    expect(platform.socket.sent.at(-1)).toEqual({ t: 'stop', id: 1 })
  })

  it('go on behind a gap if asked to, count undeclared types and pass over blank lines', async () => {
    const { platform, ledger } = opened()
    const follow = ledger.follow({ onInvalid: 'gap' })
    const statuses: FollowStatus[] = []
    const watching = watch(follow.status(), [], statuses)
    const reading = collect(follow)
    platform.socket.welcome()
    platform.socket.receive({ t: 'lines', id: 1, ledger: 'a', from: 0, n: 5, next: 5 }, text)
    platform.socket.receive({ t: 'end', id: 1, reason: 'done' })
    expect(await reading).toEqual({ seqs: [0, 3], error: undefined })
    await watching
    expect(ledger.stats()).toMatchObject({ undeclaredLines: 1, undeclaredTypes: { 'note.later': 1 } })
    expect(statuses).toContainEqual({ status: 'gap', ledger: 'a', from: 1, to: 2, reason: 'invalid' })
  })

  const versions: { name: string; mark: object; meta?: object; want: object }[] = [
    {
      name: 'the first version as the newest',
      mark: { mark: 'm' },
      want: { data: { label: 'm', color: null }, storedVersion: 1 },
    },
    {
      name: 'the newest version as it is',
      mark: { label: 'm', color: 'red' },
      meta: { data_version: 2 },
      want: { data: { label: 'm', color: 'red' }, storedVersion: 2 },
    },
    {
      name: 'a version to come not at all',
      mark: { label: 'm', color: 'red' },
      meta: { data_version: 3 },
      want: { code: 'UPCAST_MISSING', details: { ledger: 'a', seq: 0, type: 'note.mark', version: 3, newest: 2 } },
    },
    {
      name: 'what does not fit its own version not at all',
      mark: { label: 'm', color: null },
      want: { code: 'EVENT_INVALID', details: { ledger: 'a', seq: 0 } },
    },
    {
      name: 'what a step fails on not at all',
      mark: { mark: '' },
      want: { code: 'EVENT_INVALID', details: { ledger: 'a', seq: 0, step: '1 to 2' } },
    },
  ]
  it.each(versions)('give $name', async ({ mark, meta = {}, want }) => {
    const line = `${JSON.stringify({ data: mark, id: '1', link: null, meta, type: 'note.mark' })}\n`
    const reading = async (onInvalid: 'throw' | 'gap'): Promise<unknown> => {
      const { platform, ledger } = opened()
      const events = ledger.read({ onInvalid })
      const next = events.next().catch((error: unknown) => ({ value: error }))
      platform.socket.welcome()
      platform.socket.receive({ t: 'lines', id: 1, ledger: 'a', from: 0, n: 1, next: 1 }, line)
      platform.socket.receive({ t: 'end', id: 1, reason: 'done' })
      return (await next).value
    }
    expect(await reading('throw')).toMatchObject(want)
    if ('code' in want) expect(await reading('gap')).toBeUndefined()
    else expect(await reading('gap')).toMatchObject(want)
  })
})

function opened(more: { readonly creditBytes?: number } = {}): { platform: ManualPlatform; ledger: Notes } {
  const platform = new ManualPlatform()
  return { platform, ledger: new Connector(platform).connect({ ledger: 'a', schema: notes, ...more }) }
}

function follows(platform: ManualPlatform): FollowFrame[] {
  return platform.socket.sent.filter((frame) => frame.t === 'follow')
}

/** Reads to the end, or up to `count` items; an error is part of the result. */
async function collect(
  items: AsyncIterable<Pick<Line, 'seq'>>,
  count = Number.POSITIVE_INFINITY,
): Promise<{ seqs: number[]; error: unknown }> {
  const seqs: number[] = []
  try {
    for await (const { seq } of items) if (seqs.push(seq) === count) break
    return { seqs, error: undefined }
  } catch (error) {
    return { seqs, error }
  }
}

async function watch(
  items: AsyncIterable<FollowStatus>,
  names: string[],
  statuses: FollowStatus[] = [],
): Promise<void> {
  for await (const item of items) {
    names.push(item.status)
    statuses.push(item)
  }
}
