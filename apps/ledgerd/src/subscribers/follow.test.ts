import { describe, expect, it } from 'vitest'
import type { Limits } from '../config.ts'
import { followLimits, numbered, openFollow, settle } from '../../test/follow-peer.ts'

describe('a stream', () => {
  it('reads the file, cuts over and goes on live, in order', async () => {
    const { engine, peer, follow } = openFollow({}, { a: numbered(0, 20) })
    follow.start()
    await settle()
    engine.commit('a', numbered(20, 3))
    expect(peer.linesOf('a')).toEqual(numbered(0, 23))
    expect(peer.statuses()).toEqual(['a catching-up 0/20', 'a live 20/20'])
  })

  it('says live at once when nothing is behind', async () => {
    const { peer, follow } = openFollow({ from: 'end' }, { a: numbered(0, 5) })
    follow.start()
    await settle()
    expect(peer.statuses()).toEqual(['a live 5/5'])
  })

  it('starts where it was told in a ledger whose name every object knows', async () => {
    const { peer, follow } = openFollow(
      { ledgers: ['constructor'], cursors: { a: 1 } },
      { constructor: numbered(0, 3) },
    )
    follow.start()
    await settle()
    expect(peer.linesOf('constructor')).toEqual(numbered(0, 3))
  })

  it('ends at the head it saw when live is false', async () => {
    const { engine, peer, follow } = openFollow({ live: false }, { a: numbered(0, 10) })
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
    const { engine, peer, follow } = openFollow({ from: 'end', credit: 40 }, { a: numbered(0, 2) })
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
    const { peer, follow } = openFollow({ credit: 100 }, { a: numbered(0, 50) })
    follow.start()
    await settle()
    expect(peer.bodyBytes).toBeLessThanOrEqual(100)
    expect(peer.bodyBytes).toBeGreaterThan(50)
  })

  it('reads into the same windows again, but never into one that is still being sent', async () => {
    const { peer, follow } = openFollow({}, { a: numbered(0, 200) })
    peer.holding = []
    follow.start()
    await settle()
    const first = peer.holding
    expect(first.length).toBeGreaterThan(5)
    expect(first.map(({ body }) => Buffer.from(body).toString())).toEqual(first.map(({ text }) => text))
    peer.holding = []
    peer.takeAll()
    peer.returnCredit()
    await settle()
    const known = new Set(first.map(({ body }) => body.buffer))
    expect(peer.holding.length).toBeGreaterThan(5)
    expect(peer.holding.filter(({ body }) => !known.has(body.buffer))).toEqual([])
    expect(peer.holding.map(({ body }) => Buffer.from(body).toString())).toEqual(peer.holding.map(({ text }) => text))
  })

  it('keeps no window that nothing was sent from', async () => {
    const { peer, follow } = openFollow({ types: ['other'] }, { a: numbered(0, 200) })
    follow.start()
    await settle()
    expect(peer.statuses()).toEqual(['a catching-up 0/200', 'a live 200/200'])
    expect(peer.taking).toEqual([])
  })

  it('sends a line longer than the credit when all of it is free', async () => {
    const long = JSON.stringify({ n: 0, pad: 'x'.repeat(300) })
    const { peer, follow } = openFollow({ credit: 50 }, { a: [long, ...numbered(1, 2)] })
    peer.isReturningCredit = true
    follow.start()
    await settle()
    expect(peer.linesOf('a')).toEqual([long, ...numbered(1, 2)])
  })

  it('waits while the outbox is full', async () => {
    const { peer, follow } = openFollow({}, { a: numbered(0, 50) })
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
    const tiny: Limits = { ...followLimits, batchBytesMax: 100 }
    const long = JSON.stringify({ pad: 'x'.repeat(200) })
    const { peer, follow } = openFollow({}, { a: [...numbered(0, 1), long, ...numbered(2, 1)] }, tiny)
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
    const { peer, follow } = openFollow(frame, { a: numbered(0, 3) })
    follow.start()
    await settle()
    expect(peer.frames.at(-1)).toMatchObject({ t: 'end', reason: want, error: { code } })
  })
})

describe('a reader that comes before the writer', () => {
  it.each(['start', 'end', 0, -5] as const)('waits for the first line, from %s', async (from) => {
    const { engine, peer, follow } = openFollow({ ledgers: ['late', 'a'], from }, { a: numbered(0, 3) })
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

describe('a filtered stream', () => {
  const mixed = ['x', 'y', 'x', 'y', 'y', 'y'].map((type, n) => JSON.stringify({ n, type, link: n > 3 ? 'l' : null }))

  it.each([
    { name: 'by type', frame: { types: ['x'] }, want: [0, 2] },
    { name: 'by link', frame: { link: 'l' }, want: [4, 5] },
    { name: 'by both', frame: { types: ['x'], link: 'l' }, want: [] },
  ])('$name sends the lines that match and moves the cursor over the rest', async ({ frame, want }) => {
    const { peer, follow } = openFollow(frame, { a: mixed })
    follow.start()
    await settle()
    expect(peer.linesOf('a').map((line) => JSON.parse(line).n)).toEqual(want)
    expect(peer.cursors.get('a')).toBe(6)
  })

  it('tells a live peer about skipped lines once per heartbeat', async () => {
    const { engine, peer, follow } = openFollow({ types: ['x'], from: 'end' }, { a: mixed })
    follow.start()
    await settle()
    engine.commit('a', mixed.slice(3, 5))
    expect(peer.frames.filter((frame) => frame.t === 'skip')).toEqual([])
    follow.announceSkipped()
    expect(peer.frames.at(-1)).toEqual({ t: 'skip', id: 1, ledger: 'a', next: 8 })
  })
})
