import { describe, expect, it } from 'vitest'
import {
  formatHead,
  type HeadRecord,
  headFileBytes,
  newestHead,
  parseSlot,
  slotBytes,
  slotOf,
  slotOffsets,
} from './head-record.ts'

const record: HeadRecord = {
  v: 1,
  epoch: 3,
  n: 41,
  count: 1204,
  bytes: 575_000,
  root: 'ab'.repeat(32),
  groupStart: 574_000,
  groupHash: '0f'.repeat(32),
}

function headFile(...records: HeadRecord[]): Buffer {
  const file = Buffer.alloc(headFileBytes)
  for (const one of records) formatHead(one).copy(file, slotOffsets[slotOf(one.n)])
  return file
}

describe('head record', () => {
  it('reads what it writes, at the largest sizes', () => {
    const largest = {
      ...record,
      epoch: Number.MAX_SAFE_INTEGER,
      n: Number.MAX_SAFE_INTEGER,
      count: Number.MAX_SAFE_INTEGER,
    }
    const wide = { ...largest, bytes: Number.MAX_SAFE_INTEGER, groupStart: Number.MAX_SAFE_INTEGER }
    for (const one of [record, largest, wide]) expect(parseSlot(formatHead(one))).toEqual(one)
  })

  it('refuses every one-bit change and every truncation', () => {
    const slot = formatHead(record)
    const textEnd = slot.indexOf(0x0a)
    for (let at = 0; at < textEnd; at++)
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(slot)
        changed[at] = (changed[at] as number) ^ (1 << bit)
        expect(parseSlot(changed), `byte ${at} bit ${bit}`).toBeUndefined()
      }
    for (let length = 0; length < textEnd; length++) {
      expect(parseSlot(slot.subarray(0, length))).toBeUndefined()
      const torn = Buffer.concat([slot.subarray(0, length), Buffer.alloc(slotBytes - length)])
      expect(parseSlot(torn)).toBeUndefined()
    }
  })

  const next = { ...record, n: 42 }
  const taken = { ...record, epoch: 4, n: 7 }
  const files = [
    { name: 'empty', file: Buffer.alloc(0), want: undefined },
    { name: 'zeros', file: Buffer.alloc(headFileBytes), want: undefined },
    { name: 'one slot', file: headFile(record), want: record },
    { name: 'both slots', file: headFile(record, next), want: next },
    { name: 'a later epoch wins over a later number', file: headFile(next, taken), want: taken },
  ]
  for (const { name, file, want } of files)
    it(`finds the newest: ${name}`, () => expect(newestHead(file)).toEqual(want))

  it('falls back to the other slot when the newest is torn at any byte', () => {
    for (let length = 0; length < formatHead(next).indexOf(0x0a); length++) {
      const file = headFile(record, next)
      file.fill(0, slotOffsets[slotOf(next.n)] + length, slotOffsets[slotOf(next.n)] + slotBytes)
      expect(newestHead(file)).toEqual(record)
    }
  })
})
