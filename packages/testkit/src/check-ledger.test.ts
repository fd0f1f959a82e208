import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkFolder } from './check-folder.ts'
import { checkLedger, checkRepair, type LedgerCheck } from './check-ledger.ts'
import type { Evidence, KeptReceipt } from './evidence.ts'
import { leafHexOf } from './line-bytes.ts'

const line = (id: number): Buffer => Buffer.from(`{"id":"${id}"}`)
const file = (...ids: number[]): Buffer => Buffer.concat(ids.flatMap((id) => [line(id), Buffer.from('\n')]))
const receipt = (id: number, seq = id): KeptReceipt => ({
  ledger: 'x',
  seq,
  eventId: String(id),
  leafHash: `sha256:${leafHexOf(line(id))}`,
  durable: 'fsync',
})
const seen = (id: number, seq = id) => ({ ledger: 'x', seq, line: line(id) })
const evidence = (receipts: KeptReceipt[], ...followers: Evidence['followers'][number][]): Evidence => ({
  receipts,
  followers,
})
const identityOf = (bytes: Uint8Array): string => (JSON.parse(Buffer.from(bytes).toString()) as { id: string }).id

function kinds(bytes: Uint8Array, kept: Evidence, more: Partial<LedgerCheck> = {}): string[] {
  const check: LedgerCheck = { ledger: 'x', bytes, evidence: kept, identityOf, tail: 'none', ...more }
  return checkLedger(check).map(({ kind }) => kind)
}

describe('checkLedger', () => {
  const three = [receipt(0), receipt(1), receipt(2)]
  const cases: { name: string; bytes: Uint8Array; kept: Evidence; more?: Partial<LedgerCheck>; want: string[] }[] = [
    { name: 'right', bytes: file(0, 1, 2), kept: evidence(three, [seen(0), seen(1)], [seen(2)]), want: [] },
    { name: 'empty', bytes: file(), kept: evidence([]), want: [] },
    { name: 'a line without receipt is no fault', bytes: file(0, 1, 2, 3), kept: evidence(three), want: [] },
    { name: 'the last line is missing', bytes: file(0, 1), kept: evidence(three), want: ['lost'] },
    { name: 'a line in another place', bytes: file(0, 2, 1), kept: evidence(three), want: ['lost', 'lost'] },
    {
      name: 'one changed byte',
      bytes: Buffer.from(file(0, 1, 2).toString().replace('"1"', '"7"')),
      kept: evidence(three),
      want: ['lost'],
    },
    { name: 'a torn end', bytes: file(0, 1, 2).subarray(0, -1), kept: evidence([receipt(0)]), want: ['torn'] },
    {
      name: 'a torn end before recovery',
      bytes: file(0, 1, 2).subarray(0, -1),
      kept: evidence([receipt(0)]),
      more: { tail: 'running' },
      want: [],
    },
    {
      name: 'zeros',
      bytes: Buffer.concat([file(0), Buffer.alloc(9, 0), Buffer.from('\n')]),
      kept: evidence([]),
      want: ['torn'],
    },
    { name: 'an identity twice', bytes: file(0, 1, 0), kept: evidence([]), want: ['repeated'] },
    {
      name: 'a line that nobody sent',
      bytes: file(0, 9),
      kept: evidence([]),
      more: { sent: new Set(['0']) },
      want: ['phantom'],
    },
    { name: 'a seen line is gone', bytes: file(0), kept: evidence([], [seen(0), seen(1)]), want: ['phantom'] },
    { name: 'a seen line differs', bytes: file(0, 1), kept: evidence([], [seen(0), seen(7, 1)]), want: ['phantom'] },
    { name: 'a gap', bytes: file(0, 1, 2), kept: evidence([], [seen(0), seen(2)]), want: ['out-of-order'] },
    { name: 'a repeat', bytes: file(0, 1), kept: evidence([], [seen(0), seen(0)]), want: ['out-of-order'] },
    {
      name: 'two receipts for one id',
      bytes: file(0, 1),
      kept: evidence([receipt(0), { ...receipt(0), seq: 1 }]),
      want: ['contradiction', 'lost'],
    },
    {
      name: 'two receipts for one seq',
      bytes: file(0),
      kept: evidence([receipt(0), receipt(1, 0)]),
      want: ['contradiction', 'lost'],
    },
    {
      name: 'memory promises nothing',
      bytes: file(),
      kept: evidence([{ ...receipt(0), durable: 'memory' }]),
      want: [],
    },
  ]
  for (const { name, bytes, kept, more, want } of cases) it(name, () => expect(kinds(bytes, kept, more)).toEqual(want))

  it('finds every cut and every changed byte of acknowledged lines', () => {
    const whole = file(0, 1, 2)
    for (let at = 0; at < whole.length; at++) {
      expect(kinds(whole.subarray(0, at), evidence(three))).toContain('lost')
      const flipped = Buffer.from(whole)
      flipped[at] = (flipped[at] as number) ^ 4
      expect(kinds(flipped, evidence(three))).toContain('lost')
    }
  })
})

it('a folder without the ledger has lost its lines', () => {
  const found = checkFolder({ image: new Map(), evidence: evidence([receipt(0)]), identityOf, tail: 'none' })
  expect(found).toMatchObject([{ kind: 'lost', ledger: 'x' }])
})

describe('checkRepair', () => {
  const before = Buffer.concat([file(0, 1), Buffer.from('{"id')])
  const tail = before.subarray(file(0).length)
  const name = `${file(0).length}-${createHash('sha256').update(tail).digest('hex')}`
  const cases = [
    { name: 'nothing left', after: before, aside: {}, want: [] },
    { name: 'went on', after: Buffer.concat([before, Buffer.from('x')]), aside: {}, want: [] },
    { name: 'cut, and aside', after: file(0, 1), aside: { [name]: tail }, want: [] },
    { name: 'cut, and gone', after: file(0, 1), aside: {}, want: ['not-set-aside'] },
    { name: 'aside in part', after: file(0, 1), aside: { [name]: tail.subarray(0, 9) }, want: ['not-set-aside'] },
    { name: 'cut below what is aside', after: file(), aside: { [name]: tail }, want: ['not-set-aside'] },
  ]
  for (const { name, after, aside, want } of cases)
    it(name, () => {
      const copies = new Map(Object.entries(aside))
      expect(checkRepair({ ledger: 'x', before, after, aside: copies }).map(({ kind }) => kind)).toEqual(want)
    })
})
