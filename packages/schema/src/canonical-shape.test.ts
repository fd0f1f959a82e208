import { formatValue } from '@ledgerd/canonical'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { compileCanonicalShape } from './canonical-shape.ts'
import { float, int, text } from './field.ts'
import { compileNumberPlan } from './number-plan.ts'

function fits(model: z.ZodType, canonical: string): boolean {
  const bytes = new TextEncoder().encode(`..${canonical}..`)
  return compileCanonicalShape(model).fits(bytes, 2, bytes.length - 2)
}

const person = z.looseObject({
  age: int().optional(),
  mood: z.enum(['bright', 'dull']),
  name: text(),
  scores: z.record(text(), float()),
  tags: z.array(text()),
  title: text().nullable(),
})

const good = '{"mood": "dull", "name": "", "scores": {}, "tags": [], "title": null}'

describe('canonical text that fits', () => {
  const cases = [
    { name: 'the least', input: good },
    {
      name: 'all members',
      input:
        '{"age": 7, "mood": "bright", "name": "\\"é\\\\", "scores": {"x": 0.5, "y": -1e-07}, "tags": ["a", "b"], "title": "t"}',
    },
    {
      name: 'unknown members anywhere',
      input:
        '{"0": [{"}": 1}], "mood": "dull", "name": "n", "other": {"name": 1}, "scores": {}, "tags": [], "title": null, "z": "}"}',
    },
  ]
  for (const { name, input } of cases) it(name, () => expect(fits(person, input)).toBe(true))
})

describe('canonical text that zod must be asked about', () => {
  const cases = [
    { name: 'a missing member', input: good.replace('"name": "", ', '') },
    { name: 'a wrong type', input: good.replace('"name": ""', '"name": 1') },
    { name: 'null where nothing is nullable', input: good.replace('"name": ""', '"name": null') },
    { name: 'a value outside the enum', input: good.replace('dull', 'dul') },
    { name: 'an integer spelled where a float is declared', input: good.replace('{}', '{"x": 1}') },
    { name: 'a float spelled where an integer is declared', input: good.replace('{"mood"', '{"age": 1.0, "mood"') },
    { name: 'an integer over 15 digits', input: good.replace('{"mood"', '{"age": 1234567890123456, "mood"') },
    { name: 'a wrong item', input: good.replace('[]', '["a", 1]') },
    { name: 'not an object', input: '[]' },
    { name: 'an empty object', input: '{}' },
  ]
  for (const { name, input } of cases) it(name, () => expect(fits(person, input)).toBe(false))

  it('constructs it does not decide', () => {
    expect(fits(text().min(1), '"a"')).toBe(false)
    expect(fits(z.record(text().regex(/a/), text()), '{}')).toBe(false)
    expect(fits(z.number(), '1')).toBe(false)
    expect(fits(int().min(0), '1')).toBe(false)
  })
})

it('takes the branch of a union that fits', () => {
  const model = z.discriminatedUnion('ok', [
    z.looseObject({ ok: z.literal('yes'), text: text() }),
    z.looseObject({ ok: z.literal('no'), text: z.null() }),
  ])
  expect(fits(model, '{"ok": "yes", "text": ""}')).toBe(true)
  expect(fits(model, '{"ok": "no", "text": null}')).toBe(true)
  expect(fits(model, '{"ok": "no", "text": ""}')).toBe(false)
})

describe('against zod', () => {
  const plan = compileNumberPlan(person)
  const loose = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  )
  const record = fc.dictionary(fc.string(), loose, { noNullPrototype: true })
  // Mostly right, or hardly any whole would be: seven members have to be at a time.
  const mostly = (right: fc.Arbitrary<unknown>, wrong: fc.Arbitrary<unknown> = loose): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong })
  const whole = fc.record(
    {
      age: mostly(fc.nat()),
      mood: mostly(fc.constantFrom('bright', 'dull')),
      name: mostly(fc.string()),
      scores: mostly(fc.dictionary(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })), record),
      tags: mostly(fc.array(fc.string()), fc.array(loose)),
      title: mostly(fc.option(fc.string())),
      zz: loose,
    },
    { requiredKeys: ['mood', 'name', 'scores', 'tags', 'title'] },
  )
  const missing = fc.constantFrom('mood', 'name', 'scores', 'tags', 'title')
  const candidate = mostly(
    whole,
    fc
      .tuple(whole, missing)
      .map(([value, gone]) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== gone))),
  )

  it('never says yes where zod says no, and spells no valid payload in a way it does not know', () => {
    const counts = { fitting: 0, valid: 0, refused: 0 }
    fc.assert(
      fc.property(candidate, (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__') && isUnicode(value))
        const isValid = person.safeParse(value).success
        counts[isValid ? 'valid' : 'refused']++
        let canonical: string
        try {
          canonical = formatValue(value, 'python', { plan })
        } catch {
          // A fraction where an integer is declared has no text; zod refuses it too.
          expect(isValid).toBe(false)
          return
        }
        if (fits(person, canonical)) {
          counts.fitting++
          expect(isValid).toBe(true)
        } else if (isValid) expect(canonical).toMatch(/"age": -?\d{16}/)
      }),
      { numRuns: 500 },
    )
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(50)
  })
})

function isUnicode(value: unknown): boolean {
  return !/\\ud[89a-f]/i.test(JSON.stringify(value))
}
