import { describe, expect, it } from 'vitest'
import { tallyFormat } from '../../test/tally-format.ts'
import type { Dialect } from '@ledgerd/canonical'
import { recordSchema } from './record-schema.ts'

describe('the wire form of a draft', () => {
  const draft = { type: 'tallied', id: 'a', data: { weight: 2, count: 1, x: { b: 1, a: 2 } }, meta: { b: 1, a: 2 } }
  const sorted = '{"count": 1, "weight": 2.0, "x": {"a": 2, "b": 1}}'
  const ordered = '{"weight": 2.0, "count": 1, "x": {"b": 1, "a": 2}}'
  const cases: { readonly dialect: Dialect; readonly want: string }[] = [
    { dialect: 'python', want: sorted },
    { dialect: 'kernel', want: sorted },
    { dialect: 'python-ordered', want: ordered },
    { dialect: 'plain', want: ordered },
  ]
  for (const { dialect, want } of cases)
    it(`for lines in ${dialect}`, () => {
      const text = recordSchema({ ...tallyFormat, dialect }).encodeDraft(draft)
      expect(text).toBe(`{"data": ${want}, "id": "a", "link": null, "meta": {"a": 2, "b": 1}, "type": "tallied"}`)
    })
})
