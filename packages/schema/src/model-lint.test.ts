import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { event } from './event.ts'
import { field, float, hash, instant, int, text } from './field.ts'
import { lintModel } from './model-lint.ts'

describe('models an event may use', () => {
  const cases: { name: string; input: z.ZodType }[] = [
    { name: 'field types', input: z.looseObject({ a: text(), b: int(), c: float(), d: instant(), e: hash('sha256') }) },
    { name: 'wrappers', input: z.looseObject({ a: text().nullable(), b: float().optional(), c: z.array(int()) }) },
    { name: 'bounds', input: z.looseObject({ a: float().min(0).max(1), b: text().min(1) }) },
    { name: 'records and unions', input: z.record(text(), z.union([text(), z.null()])) },
    {
      name: 'a discriminated union',
      input: z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.literal('a') }),
        z.looseObject({ kind: z.enum(['b']) }),
      ]),
    },
    { name: 'meanings', input: z.looseObject({ a: field(float(), { unit: 'USD' }) }) },
  ]
  for (const { name, input } of cases)
    it(name, () => {
      expect(lintModel(input)).toEqual([])
      expect(event(input).model).toBe(input)
    })
})

describe('models an event must not use', () => {
  const cases: { name: string; input: z.ZodType; want: RegExp }[] = [
    { name: 'transform', input: z.looseObject({ a: text().transform(Number) }), want: /^\/a: pipe/ },
    { name: 'preprocess', input: z.preprocess((value) => value, text()), want: /pipe/ },
    { name: 'coerce', input: z.looseObject({ a: z.coerce.number() }), want: /^\/a: coerce/ },
    { name: 'catch', input: z.looseObject({ a: text().catch('') }), want: /^\/a: catch/ },
    { name: 'default', input: z.looseObject({ a: text().default('') }), want: /^\/a: default/ },
    { name: 'prefault', input: z.looseObject({ a: text().prefault('') }), want: /^\/a: prefault/ },
    { name: 'refine', input: z.looseObject({ a: text().refine(() => true) }), want: /^\/a: refinements/ },
    { name: 'refined object', input: z.looseObject({}).refine(() => true), want: /refinements/ },
    { name: 'a second refinement on our own type', input: instant().refine(() => true), want: /refinements/ },
    { name: 'trim', input: z.looseObject({ a: text().trim() }), want: /^\/a: trim/ },
    { name: 'date', input: z.date(), want: /date is no JSON value/ },
    { name: 'bigint', input: z.bigint(), want: /bigint/ },
    { name: 'lazy', input: z.lazy(() => text()), want: /lazy/ },
    { name: 'custom', input: z.custom<string>(), want: /custom/ },
    { name: 'strict object', input: z.strictObject({}), want: /loose/ },
    { name: 'stripping object', input: z.object({}), want: /loose/ },
    { name: 'deep inside', input: z.record(text(), z.array(z.object({}))), want: /^\/\*\/\*: objects must be loose/ },
    { name: 'in a union', input: z.union([text(), z.looseObject({ b: z.object({}) })]), want: /^\/b: objects/ },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const problems = lintModel(input).map((problem) => `${problem.path}: ${problem.message}`)
      expect(problems.join('\n').replace(/^: /, '')).toMatch(want)
      expect(() => event(input)).toThrow('An event model must only describe its value.')
    })
})
