import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { field, float, int, text } from './field.ts'
import { compileNumberPlan } from './number-plan.ts'

describe('compileNumberPlan', () => {
  const cases: { name: string; input: z.ZodType; want: unknown }[] = [
    { name: 'float', input: float(), want: 'float' },
    { name: 'int', input: int(), want: 'integer' },
    { name: 'a bounded float', input: float().min(0), want: 'float' },
    { name: 'a float with a meaning', input: field(float(), { unit: 'token' }), want: 'float' },
    { name: 'zod numbers keep their spelling', input: z.number(), want: 'any' },
    { name: 'zod integers are integers', input: z.int(), want: 'integer' },
    { name: 'wrappers', input: float().nullable().optional(), want: 'float' },
    { name: 'array', input: z.array(float()), want: { items: 'float' } },
    {
      name: 'record',
      input: z.record(text(), z.record(text(), float())),
      want: { members: {}, rest: { members: {}, rest: 'float' } },
    },
    {
      name: 'object',
      input: z.looseObject({ a: int(), b: text() }),
      want: { members: { a: 'integer', b: 'any' }, rest: 'any' },
    },
    { name: 'catchall', input: z.looseObject({}).catchall(float()), want: { members: {}, rest: 'float' } },
    { name: 'a union with null', input: z.union([float(), z.null()]), want: 'float' },
    { name: 'a union that disagrees', input: z.union([float(), int()]), want: 'any' },
    { name: 'unknown', input: z.unknown(), want: 'any' },
    {
      name: 'a discriminated union merges its members',
      input: z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.literal('a'), x: float(), list: z.array(int()) }),
        z.looseObject({ kind: z.literal('b'), x: float(), list: z.array(int()) }),
      ]),
      want: { members: { kind: 'any', x: 'float', list: { items: 'integer' } }, rest: 'any' },
    },
    {
      name: 'a member that is null in one branch',
      input: z.union([z.looseObject({ x: float(), y: z.array(float()) }), z.looseObject({ x: z.null(), y: text() })]),
      want: { members: { x: 'float', y: { items: 'float' } }, rest: 'any' },
    },
    {
      name: 'members only one branch knows are not planned',
      input: z.union([z.looseObject({ x: float() }), z.looseObject({ y: float() })]),
      want: { members: { x: 'any', y: 'any' }, rest: 'any' },
    },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(compileNumberPlan(input)).toEqual(want))

  it('takes member names of the object prototype for what they are', () => {
    const plan = compileNumberPlan(z.looseObject({ constructor: float() }))
    expect(plan).toEqual({ members: { constructor: 'float' }, rest: 'any' })
  })
})
