import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { decimal, field, fieldTypeOf, float, hash, instant, int, meaningOf, text } from './field.ts'

describe('field types', () => {
  const digest = 'a'.repeat(64)
  const cases: { name: string; model: z.ZodType; good: readonly unknown[]; bad: readonly unknown[] }[] = [
    { name: 'text', model: text(), good: ['', 'é'], bad: [1, null] },
    { name: 'int', model: int(), good: [0, -7, Number.MAX_SAFE_INTEGER], bad: [1.5, 2 ** 53, '1', Number.NaN] },
    { name: 'float', model: float(), good: [0, -0, 1.5, 5e-324], bad: ['1', Number.NaN, Number.POSITIVE_INFINITY] },
    { name: 'decimal', model: decimal(), good: ['0', '-12.50'], bad: ['01', '1.', '+1', '1e3', 1] },
    { name: 'instant', model: instant(), good: ['2026-02-27T14:23:01+00:00'], bad: ['2026-02-30T00:00:00Z', '', 1] },
    { name: 'hash:sha256', model: hash('sha256'), good: [digest], bad: [digest.toUpperCase(), digest.slice(1)] },
    { name: 'hash:sha1', model: hash('sha1'), good: [digest.slice(24)], bad: [digest] },
  ]
  for (const { name, model, good, bad } of cases)
    it(name, () => {
      expect(fieldTypeOf(model)).toBe(name)
      for (const value of good) expect(model.safeParse(value).success, String(value)).toBe(true)
      for (const value of bad) expect(model.safeParse(value).success, String(value)).toBe(false)
    })

  it('are known through wrappers and bounds', () => {
    expect(fieldTypeOf(float().min(0).nullable().optional())).toBe('float')
    expect(fieldTypeOf(z.number())).toBeUndefined()
  })
})

describe('meanings', () => {
  it('are attached to a copy, keep the type and add up', () => {
    const plain = float()
    const cost = field(plain, { unit: 'USD' })
    const low = field(cost, { direction: 'down' })
    expect(meaningOf(plain)).toBeUndefined()
    expect(meaningOf(cost)).toEqual({ unit: 'USD' })
    expect(meaningOf(low)).toEqual({ unit: 'USD', direction: 'down' })
    expect(fieldTypeOf(low)).toBe('float')
  })

  it('are read through wrappers, on either side', () => {
    expect(meaningOf(field(text(), { pii: 'direct' }).nullable().optional())).toEqual({ pii: 'direct' })
    expect(meaningOf(field(text().nullable(), { pii: 'secret' }))).toEqual({ pii: 'secret' })
  })
})
