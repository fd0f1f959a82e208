import { describe, expect, it } from 'vitest'
import { MemoryEngine } from '../../test/memory-engine.ts'
import { AppendRun } from '../engine/append-run.ts'
import { Principal } from './principal.ts'
import { ScopedEngine } from './scoped-engine.ts'

describe('a scoped engine', () => {
  it('lets nothing of a run get ahead of a request that it refused for now, in the same turn', async () => {
    const engine = new MemoryEngine()
    engine.respond = () =>
      Promise.resolve({ kind: 'plain', epoch: 1, seq: 0, eventIds: ['e'], leafHashes: ['0'.repeat(64)] })
    const principal = new Principal('p', { allow: ['append'], ledgers: ['a'], draftsPerSecondMax: 1000 })
    // The rate has room again with each look at the clock, as it may for the request behind a refused one.
    const clock = [0, 1, 5, 5]
    const now = (): number => clock.shift() ?? 5
    const scoped = new ScopedEngine({
      engine,
      principal: () => principal,
      now,
      onDenied: () => {},
      onRateHit: () => {},
    })
    const run = new AppendRun()
    const append = (count: number): Promise<string> =>
      scoped.append({ ledger: 'a', drafts: new Uint8Array(0), count, isAtomic: false, expect: undefined, run }).then(
        () => 'taken',
        (error: { code: string }) => error.code,
      )
    expect(await Promise.all([append(1003), append(1), append(1)])).toEqual(['taken', 'RATE_LIMITED', 'BUSY'])
    expect(engine.appends.map(({ count }) => count)).toEqual([1003])
  })
})
