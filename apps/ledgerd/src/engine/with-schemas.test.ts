import { describe, expect, it } from 'vitest'
import { MemoryEngine } from '../../test/memory-engine.ts'
import { AppendRun } from './append-run.ts'
import { DraftQueue } from './draft-queue.ts'
import type { AppendRequest, Engine } from './ports.ts'
import { withSchemas } from './with-schemas.ts'

const request = (ledger: string, n: number): AppendRequest => ({
  ledger,
  drafts: Buffer.from(`{"data": {}, "id": "${n}", "type": "t"}\n`),
  count: 1,
  isAtomic: false,
  expect: undefined,
})

const roomy = new DraftQueue(1 << 20)
const over = (engine: Engine, whenLoaded: (ledger: string) => Promise<void> | undefined, queue = roomy): Engine =>
  withSchemas(engine, { whenLoaded, queue })

describe('an engine whose schemas are loaded when they are needed', () => {
  it('keeps the order of requests to one ledger, also of those that come when its code is there already', async () => {
    const engine = new MemoryEngine()
    const answers = [Promise.resolve(), undefined, undefined]
    const loading = over(engine, () => answers.shift())
    const seqs = await Promise.all([0, 1, 2].map((n) => loading.append(request('a', n))))
    expect(seqs.map((result) => (result.kind === 'plain' ? result.seq : result))).toEqual([0, 1, 2])
    expect(engine.appends.map(({ drafts }) => JSON.parse(Buffer.from(drafts).toString()).id as string)).toEqual([
      ...['0', '1', '2'],
    ])
  })

  it('lets other ledgers pass, and asks again after a failure', async () => {
    const engine = new MemoryEngine()
    const answers = new Map([['slow', [Promise.reject(new Error('no such file')), undefined]]])
    const loading = over(engine, (ledger) => answers.get(ledger)?.shift())
    const failed = expect(loading.append(request('slow', 0))).rejects.toThrow('no such file')
    expect(await loading.append(request('fast', 1))).toMatchObject({ seq: 0 })
    await failed
    expect(await loading.append(request('slow', 2))).toMatchObject({ seq: 0 })
  })

  it('counts what waits for the code with all that waits, refuses the rest, and lets none of its run get ahead', async () => {
    const engine = new MemoryEngine()
    const { length } = request('a', 0).drafts
    const queue = new DraftQueue(2 * length)
    let load: (() => void) | undefined
    const code = new Promise<void>((resolve) => (load = resolve))
    const loading = over(engine, () => code, queue)
    const run = new AppendRun()
    const waiting = [loading.append(request('a', 0)), loading.append(request('b', 1))]
    expect(queue.bytes).toBe(2 * length)
    const full = { code: 'QUEUE_FULL', retryAfterMs: 50 }
    await expect(loading.append({ ...request('c', 2), run })).rejects.toMatchObject(full)
    await expect(loading.append({ ...request('c', 3), run })).rejects.toMatchObject({ code: 'BUSY' })
    load?.()
    expect(await Promise.all(waiting)).toMatchObject([{ seq: 0 }, { seq: 0 }])
    expect(queue.bytes).toBe(0)
    expect(await loading.append(request('c', 4))).toMatchObject({ seq: 0 })
  })

  it('counts no longer what waited for code that does not load', async () => {
    const queue = new DraftQueue(1000)
    const loading = over(new MemoryEngine(), () => Promise.reject(new Error('no such file')), queue)
    await expect(loading.append(request('a', 0))).rejects.toThrow('no such file')
    expect(queue.bytes).toBe(0)
  })
})
