import { describe, expect, it } from 'vitest'
import {
  followFrame,
  followLimits,
  FollowPeer,
  newFollow,
  numbered,
  openFollow,
  settle,
} from '../../test/follow-peer.ts'
import { MemoryEngine } from '../../test/memory-engine.ts'
import { FollowRoom } from './follow-room.ts'

describe('several ledgers', () => {
  it('reads all that match, picks up new ones, and ignores others', async () => {
    const { engine, peer, follow } = openFollow(
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
    const { peer, follow } = openFollow({ ledgers: ['a', 'nope'], live: false }, { a: numbered(0, 3) })
    follow.start()
    await settle()
    expect(peer.linesOf('a').length).toBe(3)
    expect(peer.statuses()).toContain('nope closed 0/0')
    expect(peer.frames.at(-1)).toMatchObject({ t: 'end', reason: 'error', error: { code: 'LEDGER_NOT_FOUND' } })
  })

  it('starts each from its own cursor', async () => {
    const { peer, follow } = openFollow(
      { ledgers: ['a', 'b'], cursors: { b: 2 } },
      { a: numbered(0, 3), b: numbered(0, 3) },
    )
    follow.start()
    await settle()
    expect([peer.linesOf('a').length, peer.linesOf('b').length]).toEqual([3, 1])
  })

  it('opens no more than the peer is told of, and goes on when it takes that', async () => {
    const { peer, follow } = openFollow({ ledgers: ['**'], from: 'end' }, { a: [], b: [], c: [] })
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
    const { peer, follow } = openFollow({ ledgers: ['**'], from: 'end' }, { a: [], b: [] })
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
    const open = (): FollowPeer => {
      const peer = new FollowPeer()
      peer.follow = newFollow({ ...followFrame, ledgers: ['*'], from: 'end' }, engine, peer, followLimits, room)
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

  it('says so of each ledger that appears beyond what one stream may read', async () => {
    const engine = new MemoryEngine()
    for (const ledger of ['a', 'b']) engine.commit(ledger, [])
    const peer = new FollowPeer()
    const limits = { ...followLimits, ledgersPerStreamMax: 2 }
    const follow = newFollow({ ...followFrame, ledgers: ['**'] }, engine, peer, limits)
    follow.start()
    await settle()
    engine.commit('c', numbered(0, 1))
    await settle()
    expect(peer.statuses()).toEqual(['a live 0/0', 'b live 0/0', 'c closed 0/0'])
    engine.commit('a', numbered(0, 1))
    expect([peer.linesOf('a').length, peer.linesOf('c').length]).toEqual([1, 0])
    follow.dispose()
  })

  it('refuses more than one stream may read', () => {
    const { follow } = openFollow(
      { ledgers: ['**'] },
      { a: [], b: [], c: [] },
      { ...followLimits, ledgersPerStreamMax: 2 },
    )
    expect(() => follow.start()).toThrow('REQUEST_INVALID')
  })
})
