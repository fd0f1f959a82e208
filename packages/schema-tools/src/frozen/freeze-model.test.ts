import { decimal, field, float, hash, instant, int, text } from '@ledgerd/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { freezeModel } from './freeze-model.ts'
import { fitsNode, isMultiple } from './node-issues.ts'
import { textOf } from './union-form.ts'

const anything = { kind: 'anything' }

const forms: readonly { readonly name: string; readonly model: z.ZodType; readonly want: unknown }[] = [
  { name: 'text', model: text(), want: { kind: 'text' } },
  { name: 'a zod string is text', model: z.string(), want: { kind: 'text' } },
  { name: 'lengths', model: text().min(1).max(9).max(5), want: { kind: 'text', lengthMin: 1, lengthMax: 5 } },
  { name: 'an exact length', model: text().length(3), want: { kind: 'text', lengthMin: 3, lengthMax: 3 } },
  {
    name: 'a pattern',
    model: text().regex(/^a+$/i),
    want: { kind: 'text', patterns: [{ source: '^a+$', flags: 'i' }] },
  },
  {
    name: 'a beginning',
    model: z.string().startsWith('a.b'),
    want: { kind: 'text', patterns: [{ source: '^a\\.b', flags: '' }] },
  },
  { name: 'decimal keeps its name', model: decimal(), want: { kind: 'decimal' } },
  { name: 'instant keeps its name', model: instant(), want: { kind: 'instant' } },
  { name: 'hash keeps its name', model: hash('sha1'), want: { kind: 'hash', algo: 'sha1' } },
  { name: 'int', model: int(), want: { kind: 'int' } },
  { name: 'a bounded int', model: int().min(0).max(9), want: { kind: 'int', min: 0, max: 9 } },
  { name: 'a zod int is an int', model: z.number().int(), want: { kind: 'int' } },
  { name: 'int32', model: z.int32(), want: { kind: 'int', min: -2_147_483_648, max: 2_147_483_647 } },
  { name: 'float', model: float(), want: { kind: 'float' } },
  { name: 'exclusive bounds', model: z.number().gt(0).lt(1), want: { kind: 'number', above: 0, below: 1 } },
  { name: 'a multiple', model: z.number().multipleOf(5), want: { kind: 'number', multipleOf: [5] } },
  { name: 'a literal', model: z.literal('a'), want: { kind: 'enum', values: ['a'] } },
  { name: 'an enumeration is sorted', model: z.enum(['b', 'a']), want: { kind: 'enum', values: ['a', 'b'] } },
  {
    name: 'nullable is a union',
    model: text().nullable(),
    want: { kind: 'union', options: [{ kind: 'null' }, { kind: 'text' }] },
  },
  {
    name: 'literals of a union join',
    model: z.union([z.literal('b'), z.enum(['a', 'b'])]),
    want: { kind: 'enum', values: ['a', 'b'] },
  },
  {
    name: 'a loose object',
    model: z.looseObject({ a: int().optional() }),
    want: { kind: 'object', members: { a: { kind: 'int' } }, optional: ['a'], rest: anything },
  },
  {
    name: 'a strict object',
    model: z.strictObject({}),
    want: { kind: 'object', members: {}, rest: { kind: 'nothing' } },
  },
  {
    name: 'a record',
    model: z.record(text(), float()),
    want: { kind: 'record', keys: { kind: 'text' }, values: { kind: 'float' } },
  },
  {
    name: 'a record over an enumeration is exhaustive',
    model: z.record(z.enum(['b', 'a']), int()),
    want: { kind: 'object', members: { a: { kind: 'int' }, b: { kind: 'int' } }, rest: { kind: 'nothing' } },
  },
  { name: 'an array', model: z.array(text()).min(1), want: { kind: 'array', items: { kind: 'text' }, countMin: 1 } },
  {
    name: 'a tuple',
    model: z.tuple([text(), int().optional()]),
    want: { kind: 'tuple', items: [{ kind: 'text' }, { kind: 'int' }], countMin: 1, rest: { kind: 'nothing' } },
  },
  { name: 'a meaning', model: field(float(), { unit: 'LUFS' }), want: { kind: 'float', meaning: { unit: 'LUFS' } } },
  {
    name: 'a meaning under nullable moves out',
    model: field(float(), { unit: 's' }).nullable(),
    want: { kind: 'union', options: [{ kind: 'float' }, { kind: 'null' }], meaning: { unit: 's' } },
  },
  { name: 'the default of absent says nothing', model: field(text(), { absent: 'unknown' }), want: { kind: 'text' } },
  { name: 'a refinement is code', model: text().refine(() => true), want: { kind: 'code', construct: 'custom' } },
  { name: 'a transform is code', model: text().transform(Number), want: { kind: 'code', construct: 'pipe' } },
  { name: 'a default is code', model: text().default(''), want: { kind: 'code', construct: 'default' } },
  { name: 'a date is code', model: z.date(), want: { kind: 'code', construct: 'date' } },
  { name: 'coercion is code', model: z.coerce.number(), want: { kind: 'code', construct: 'coerce' } },
  { name: 'a url is code', model: z.url(), want: { kind: 'code', construct: 'url' } },
]

describe('the frozen form of a model', () => {
  for (const { name, model, want } of forms)
    it(name, () => expect(JSON.parse(textOf(freezeModel(model)))).toEqual(want))

  it('is the same for two ways to write one model', () => {
    const one = z.looseObject({ a: z.union([z.null(), z.literal('x'), z.literal('y')]), b: text().optional() })
    const other = z.looseObject({ b: z.optional(text()), a: z.enum(['y', 'x']).nullable() })
    expect(textOf(freezeModel(one))).toBe(textOf(freezeModel(other)))
  })

  it('refuses a model that contains itself', () => {
    const loop: z.ZodType = z.looseObject({
      get self(): z.ZodType {
        return loop
      },
    })
    expect(() => freezeModel(loop)).toThrow('contains itself')
  })
})

const judged: readonly { readonly name: string; readonly model: z.ZodType }[] = [
  { name: 'text with lengths', model: text().min(1).max(3) },
  { name: 'numbers', model: z.union([int().min(-5).max(5), z.number().gt(10).lt(11)]) },
  {
    name: 'a loose object',
    model: z.looseObject({ a: int(), b: text().nullable().optional(), c: z.boolean().optional() }),
  },
  { name: 'a strict object', model: z.strictObject({ a: z.enum(['a', 'b']).optional() }) },
  { name: 'typed extras', model: z.looseObject({ a: int().optional() }).catchall(int()) },
  { name: 'records and arrays', model: z.record(text().max(2), z.array(z.union([int(), z.null()])).max(2)) },
  { name: 'a tuple', model: z.tuple([text().or(int()), int().optional()], z.boolean()) },
  {
    name: 'a discriminated union',
    model: z.discriminatedUnion('a', [
      z.looseObject({ a: z.literal('a'), b: int() }),
      z.looseObject({ a: z.literal('b'), b: z.null() }),
    ]),
  },
]

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, 1, 10.5, 1e21, '', 'a', 'b', '😀', '😀😀😀', 'long text'),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
)
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'other'), tie('value'), { maxKeys: 4 }),
  ),
}))

describe('judging by the frozen form', () => {
  for (const { name, model } of judged)
    it(`agrees with zod: ${name}`, () => {
      const node = freezeModel(model)
      fc.assert(
        fc.property(anyValue, (value) => fitsNode(node, value) === model.safeParse(value).success),
        { numRuns: 500 },
      )
    })

  for (const [value, step, want] of [
    [0.3, 0.1, true],
    [0.35, 0.1, false],
    [1e300, 5, true],
    [7, 5, false],
    [-15, 5, true],
    [1e-7, 1e-8, true],
    [3, 0, false],
  ] as const)
    it(`${value} ${want ? 'is' : 'is not'} a multiple of ${step}`, () => expect(isMultiple(value, step)).toBe(want))
})
