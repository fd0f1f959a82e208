import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/line-desk.ts'
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

describe('a value that has no place in a draft', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['again'] = cyclic
  const cases: { readonly name: string; readonly value: unknown; readonly want: string }[] = [
    { name: 'undefined', value: undefined, want: '/meta/a cannot be recorded: JSON cannot hold undefined.' },
    { name: 'a Date', value: new Date(0), want: '/meta/a cannot be recorded: JSON cannot hold an instance of Date.' },
    { name: 'a hole', value: Array(1), want: '/meta/a/0 cannot be recorded: JSON cannot hold array hole.' },
    { name: 'a cycle', value: cyclic, want: '/meta/a/again cannot be recorded: it holds itself.' },
    {
      name: 'NaN',
      value: Number.NaN,
      want: '/meta/a cannot be recorded: it is no finite number; send null, or leave it out.',
    },
    { name: 'half a pair', value: '\ud800', want: '/meta/a cannot be recorded: half a surrogate pair is no text.' },
    {
      name: '__proto__',
      value: JSON.parse('{"__proto__": 1}'),
      want: '/meta/a/__proto__ cannot be recorded: many readers take this key for something else; name it otherwise.',
    },
  ]
  for (const { name, value, want } of cases)
    it(`is refused in a sentence: ${name}`, () => {
      const draft = { type: 'tallied', id: 'a', data: { weight: 2, count: 1 }, meta: { a: value } }
      expect(errorOf(() => recordSchema(tallyFormat).encodeDraft(draft)).message).toBe(`VALUE_REFUSED: ${want}`)
    })

  it('names the number that the schema wants whole', () => {
    const draft = { type: 'tallied', id: 'a', data: { weight: 2, count: 1.5 } }
    const refusal = errorOf(() => recordSchema(tallyFormat).encodeDraft(draft)).message
    expect(refusal).toBe('VALUE_REFUSED: /data/count cannot be recorded: 1.5 is not an integer.')
  })
})
