import { describe, expect, it } from 'vitest'
import { formatHeadFile, linesOf, readVector } from '../test/fixture-ledger.ts'
import { parseHead } from './head-record.ts'
import { parseAdoption, parseIndexSeal } from './sidecar.ts'

const file = formatHeadFile(linesOf(readVector('corrupt/clean.jsonl')))

describe('parseHead', () => {
  it('takes the newest whole slot', () => {
    expect(parseHead(file)).toMatchObject({ n: 8, count: 60 })
  })

  it('falls back to the other slot after any change of one byte, and never takes a changed one', () => {
    const end = file.indexOf(0x0a)
    for (let at = 0; at < end; at++) {
      const changed = file.slice()
      changed[at] = (changed[at] as number) ^ 1
      expect(parseHead(changed)).toMatchObject({ n: 7, count: 59 })
    }
  })

  it('is undefined for anything else', () => {
    for (const bytes of [
      new Uint8Array(0),
      new Uint8Array(4608),
      file.subarray(0, 100),
      new Uint8Array(4608).fill(0x0a),
    ])
      expect(parseHead(bytes)).toBeUndefined()
  })
})

describe('what is no sidecar document', () => {
  const table = ['', '{', 'null', '[]', '{"v":2}', '{"v":1}', '{"v":1,"lines":-1,"bytes":0,"root":"x"}']
  for (const text of table) {
    it(JSON.stringify(text), () => {
      expect(parseAdoption(new TextEncoder().encode(text))).toBeUndefined()
      expect(parseIndexSeal(new TextEncoder().encode(text))).toBe(0)
    })
  }
})
