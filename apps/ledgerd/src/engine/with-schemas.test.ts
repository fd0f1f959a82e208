import { describe, expect, it } from 'vitest'
import { MemoryEngine } from '../../test/memory-engine.ts'
import type { AppendRequest } from './ports.ts'
import { withSchemas } from './with-schemas.ts'

const request = (ledger: string, n: number): AppendRequest => ({
  ledger,
  drafts: Buffer.from(`{"data": {}, "id": "${n}", "type": "t"}\n`),
  count: 1,
  isAtomic: false,
  expect: undefined,
})

describe('an engine whose schemas are loaded when they are needed', () => {
  it('keeps the order of requests to one ledger, also of those that come when its code is there already', async () => {
    const engine = new MemoryEngine()
    const answers = [Promise.resolve(), undefined, undefined]
    const loading = withSchemas(engine, () => answers.shift())
    const seqs = await Promise.all([0, 1, 2].map((n) => loading.append(request('a', n))))
    expect(seqs.map((result) => (result.kind === 'plain' ? result.seq : result))).toEqual([0, 1, 2])
    expect(engine.appends.map(({ drafts }) => JSON.parse(Buffer.from(drafts).toString()).id as string)).toEqual([
      ...['0', '1', '2'],
    ])
  })

  it('lets other ledgers pass, and asks again after a failure', async () => {
    const engine = new MemoryEngine()
    const answers = new Map([['slow', [Promise.reject(new Error('no such file')), undefined]]])
    const loading = withSchemas(engine, (ledger) => answers.get(ledger)?.shift())
    const failed = expect(loading.append(request('slow', 0))).rejects.toThrow('no such file')
    expect(await loading.append(request('fast', 1))).toMatchObject({ seq: 0 })
    await failed
    expect(await loading.append(request('slow', 2))).toMatchObject({ seq: 0 })
  })
})
