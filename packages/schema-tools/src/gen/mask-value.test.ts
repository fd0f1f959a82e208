import { field, int, text } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { freezeModel } from '../frozen/freeze-model.ts'
import { maskValue } from './mask-value.ts'

const secret = field(text(), { pii: 'secret' })

describe('what is somebody’s is masked', () => {
  const cases: { name: string; model: z.ZodType; input: unknown; want: unknown }[] = [
    {
      name: 'a member',
      model: z.looseObject({ a: secret, b: text() }),
      input: { a: 'x', b: 'y' },
      want: { a: '<secret>', b: 'y' },
    },
    {
      name: 'null, which tells nothing',
      model: z.looseObject({ a: secret.nullable() }),
      input: { a: null },
      want: { a: null },
    },
    {
      name: 'a nullable member',
      model: z.looseObject({ a: secret.nullable() }),
      input: { a: 'x' },
      want: { a: '<secret>' },
    },
    { name: 'items', model: z.array(secret), input: ['x', 'y'], want: ['<secret>', '<secret>'] },
    { name: 'entries', model: z.record(text(), secret), input: { k: 'x' }, want: { k: '<secret>' } },
    { name: 'a tuple', model: z.tuple([int(), secret]), input: [1, 'x'], want: [1, '<secret>'] },
    {
      name: 'any branch of a union',
      model: z.union([z.looseObject({ n: int() }), z.looseObject({ a: secret })]),
      input: { a: 'x', n: 1 },
      want: { a: '<secret>', n: 1 },
    },
    {
      name: 'a whole object',
      model: field(z.looseObject({ a: text() }), { pii: 'direct' }),
      input: { a: 'x' },
      want: '<direct>',
    },
    { name: 'another shape than declared', model: z.looseObject({ a: secret }), input: ['x'], want: ['x'] },
    { name: 'members nobody declared', model: z.looseObject({}), input: { toString: 'x' }, want: { toString: 'x' } },
  ]
  for (const { name, model, input, want } of cases)
    it(name, () => expect(maskValue(freezeModel(model), input)).toEqual(want))
})
