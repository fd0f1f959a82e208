import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FollowFrame } from '@ledgerd/protocol'
import { followFrame, FollowPeer, newFollow, settle } from '../../test/follow-peer.ts'
import { MemoryEngine } from '../../test/memory-engine.ts'
import type { Follow } from './follow.ts'

describe('the model of a stream', () => {
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
          const peer = new FollowPeer()
          const written: Record<string, string[]> = { a: [], b: [] }
          let follow: Follow | undefined
          const connect = (): void => {
            follow?.dispose()
            peer.isWritable = true
            const frame: FollowFrame = {
              ...followFrame,
              ledgers: ['*'],
              credit,
              cursors: Object.fromEntries(peer.cursors),
              ...(wanted && { types: wanted }),
            }
            follow = newFollow(frame, engine, peer)
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

function typed(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ n: from + index, type: (from + index) % 2 ? 'odd' : 'even' }),
  )
}
