import { describe, expect, it } from 'vitest'
import { MemoryEngine } from '../../test/memory-engine.ts'
import type { AppendRequest } from './ports.ts'
import { withSchemas } from './with-schemas.ts'

const request = (ledger: string, n: number): AppendRequest => ({
  ledger,
  drafts: new TextEncoder().encode(`{"id":"${n}"}\n`),
  count: 1,
  isAtomic: false,
  expect: undefined,
})

describe('the engine of a daemon that loads schemas late', () => {
  it('takes the requests of a ledger in their order, once its code is there', async () => {
    const inner = new MemoryEngine()
    let arrive = (): void => {}
    const loading = new Promise<void>((resolve) => (arrive = resolve))
    let isLoaded = false
    const engine = withSchemas(inner, (ledger) => (isLoaded || ledger === 'known' ? undefined : loading))
    const asked = [request('new', 1), request('known', 2), request('new', 3)]
    const answers = asked.map((one) => engine.append(one))
    expect(inner.appends).toEqual([asked[1]])
    isLoaded = true
    arrive()
    await Promise.all(answers)
    expect(inner.appends).toEqual([asked[1], asked[0], asked[2]])
  })

  it('says why a ledger cannot be had, to readers too, and tries again', async () => {
    const inner = new MemoryEngine()
    let failures = 3
    const engine = withSchemas(inner, () => (failures-- > 0 ? Promise.reject(new Error('gone')) : undefined))
    await expect(engine.append(request('a', 1))).rejects.toThrow('gone')
    await expect(engine.reader('a')).rejects.toThrow('gone')
    await expect(engine.stat('a')).rejects.toThrow('gone')
    expect(inner.appends).toEqual([])
    await engine.append(request('a', 1))
    expect(inner.appends).toHaveLength(1)
  })
})
