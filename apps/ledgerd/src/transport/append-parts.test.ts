import { LedgerError } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import type { AppendRequest, AppendResult } from '../engine/ports.ts'
import { appendInParts } from './append-parts.ts'

/** Ten drafts of ten bytes. */
const drafts = Array.from({ length: 10 }, (_, n) => `draft ${n} \n`)
const whole: AppendRequest = {
  ledger: 'a',
  drafts: Buffer.from(drafts.join('')),
  count: 10,
  isAtomic: false,
  expect: undefined,
}

type Answer = (part: AppendRequest, nth: number) => AppendResult | LedgerError | Error

/** Every part is appended where the one before ended. */
const appended: Answer = (part, nth) => plain(nth * 3, part.count)

function plain(seq: number, count: number, epoch = 1): AppendResult {
  const names = Array.from({ length: count }, (_, n) => String(seq + n))
  return { kind: 'plain', epoch, seq, eventIds: names.map((n) => `e${n}`), leafHashes: names.map((n) => `h${n}`) }
}

async function appendAll(answer: Answer, request: Partial<AppendRequest> = {}, partBytesMax = 30) {
  const parts: string[] = []
  const engine = {
    append: async (part: AppendRequest): Promise<AppendResult> => {
      part.run?.assertWhole()
      const given = answer(part, parts.length)
      parts.push(Buffer.from(part.drafts).toString())
      if (given instanceof Error) throw given
      return await Promise.resolve(given)
    },
  }
  const { result, rest } = appendInParts(engine, { ...whole, ...request }, partBytesMax)
  const turns = [parts.length]
  for (let next = rest; next !== undefined; turns.push(parts.length)) {
    await Promise.resolve()
    await Promise.resolve()
    next = next()
  }
  return { parts, turns, result: await result.catch((error: unknown) => error) }
}

describe('what goes in parts', () => {
  const cases: readonly {
    name: string
    request: Partial<AppendRequest>
    partBytesMax?: number
    want: readonly number[]
  }[] = [
    { name: 'drafts that stand for themselves, by whole lines', request: {}, want: [3, 3, 3, 1] },
    {
      name: 'drafts longer than a part, one by one',
      request: {},
      partBytesMax: 4,
      want: Array.from({ length: 10 }, () => 1),
    },
    { name: 'nothing that fits', request: {}, partBytesMax: 100, want: [10] },
    { name: 'no atomic request', request: { isAtomic: true }, want: [10] },
    { name: 'no request with a condition', request: { expect: { size: 0 } }, want: [10] },
    { name: 'no request that has other drafts than it says', request: { count: 9 }, want: [10] },
    { name: 'no request whose last draft has no end', request: { drafts: whole.drafts.subarray(0, -1) }, want: [10] },
  ]
  it.each(cases)('$name', async ({ request, partBytesMax, want }) => {
    const { parts, turns } = await appendAll(appended, request, partBytesMax)
    expect(parts.map((part) => part.split(/(?<=\n)/).length)).toEqual(want)
    expect(parts.join('')).toBe(Buffer.from(request.drafts ?? whole.drafts).toString())
    expect(turns).toEqual(want.map((_, n) => n + 1))
  })
})

describe('what became of the parts', () => {
  const full = new LedgerError('QUEUE_FULL', 'full')
  const unknown = new LedgerError('LEDGER_STOPPED', 'stopped', { outcome: 'unknown' })
  const refused =
    (error: LedgerError): Answer =>
    () =>
      error

  it('is the short form when all lie behind each other', async () =>
    expect((await appendAll(appended)).result).toEqual(plain(0, 10)))

  it('is told draft by draft when others came between', async () => {
    const { result } = await appendAll((part, nth) => plain(nth * 5, part.count))
    const seqs = [0, 1, 2, 5, 6, 7, 10, 11, 12, 15]
    expect(result).toEqual({
      kind: 'mixed',
      epoch: 1,
      outcomes: seqs.map((seq) => ({ seq, eventId: `e${seq}`, leafHash: `h${seq}`, isDuplicate: false })),
    })
  })

  it('is told draft by draft when the epoch changed between', async () => {
    const { result } = await appendAll((part, nth) => plain(nth * 3, part.count, nth + 1))
    expect(result).toMatchObject({ kind: 'mixed', epoch: 4 })
  })

  it('is a refusal behind a refusal that passes, so that nothing gets ahead', async () => {
    const { parts, result } = await appendAll((part, nth) => (nth === 1 ? full : appended(part, nth)))
    expect(parts).toHaveLength(2)
    const codes = (result as Extract<AppendResult, { kind: 'mixed' }>).outcomes.map((outcome) =>
      'error' in outcome ? outcome.error.code : outcome.seq,
    )
    expect(codes).toEqual([
      0,
      1,
      2,
      ...Array.from({ length: 3 }, () => 'QUEUE_FULL'),
      ...Array.from({ length: 4 }, () => 'BUSY'),
    ])
  })

  it('goes on behind a refusal that lasts, as behind any draft that is refused for good', async () => {
    const invalid = new LedgerError('SCHEMA_INVALID', 'no')
    const mixed = (count: number): AppendResult => ({
      kind: 'mixed',
      epoch: 1,
      outcomes: Array.from({ length: count }, () => ({ error: invalid })),
    })
    const { parts, result } = await appendAll((part, nth) => (nth === 1 ? mixed(part.count) : appended(part, nth)))
    expect(parts).toHaveLength(4)
    expect(result).toMatchObject({ kind: 'mixed', outcomes: { length: 10 } })
  })

  it.each([
    { name: 'what each of them is refused', answer: refused(full), want: 'QUEUE_FULL' },
    {
      name: 'the doubt of one whether it is on disk',
      answer: ((_, nth) =>
        nth === 2 ? unknown : new LedgerError('LEDGER_STOPPED', 'x', { outcome: 'absent' })) as Answer,
      want: unknown,
    },
    {
      name: 'a defect',
      answer: ((part, nth) => (nth === 2 ? new TypeError('boom') : appended(part, nth))) as Answer,
      want: 'boom',
    },
  ])('is a rejection by $name', async ({ answer, want }) => {
    const { result } = await appendAll(answer)
    if (want instanceof LedgerError) expect(result).toBe(want)
    else expect(String(result)).toContain(want)
  })
})
