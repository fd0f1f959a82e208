import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { declaredSubjects } from './declared-subjects.ts'
import { field, int, text } from './field.ts'

const name = field(text(), { subject: { kind: 'character', by: 'name' } })
const id = field(int(), { subject: { kind: 'character', by: 'id' } })
const byName = (character: string): object => ({ kind: 'character', by: 'name', text: character })

const table: readonly { name: string; model: z.ZodType; value: unknown; want: readonly unknown[] }[] = [
  { name: 'a member', model: z.object({ who: name }), value: { who: 'Mira' }, want: [byName('Mira')] },
  {
    name: 'a number, as text',
    model: z.object({ id }),
    value: { id: 7 },
    want: [{ kind: 'character', by: 'id', text: '7' }],
  },
  { name: 'null', model: z.object({ who: name.nullable() }), value: { who: null }, want: [] },
  { name: 'what is missing', model: z.object({ who: name.optional() }), value: {}, want: [] },
  {
    name: 'a list of them',
    model: z.object({ all: z.array(name) }),
    value: { all: ['Mira', 'Oren'] },
    want: [byName('Mira'), byName('Oren')],
  },
  { name: 'the values of a record', model: z.record(text(), name), value: { a: 'Mira' }, want: [byName('Mira')] },
  {
    name: 'inside a union',
    model: z.discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('said'), who: name }),
      z.looseObject({ kind: z.literal('noted'), who: text() }),
    ]),
    value: { kind: 'said', who: 'Mira' },
    want: [byName('Mira')],
  },
  { name: 'a field without the meaning', model: z.object({ who: text() }), value: { who: 'Mira' }, want: [] },
  { name: 'a value of another shape', model: z.object({ who: name }), value: { who: { first: 'Mira' } }, want: [] },
  { name: 'a key of the prototype', model: z.looseObject({}), value: { constructor: 'Mira' }, want: [] },
]

describe('declaredSubjects', () => {
  for (const { name: what, model, value, want } of table)
    it(what, () => {
      expect(declaredSubjects(model, value)).toEqual(want)
    })
})
