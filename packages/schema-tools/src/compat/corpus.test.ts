// The corpus: what each rule hits, what it only nearly hits, and the verdict, each at five places of a payload.
// LEDGERD_CORPUS_DOCUMENTS=10000 is the long form: so many generated old documents for each verdict "compatible".
import { field, float, int, text } from '@ledgerd/schema'
import type { EventMap } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { freezeSchema } from '../frozen/freeze-schema.ts'
import type { SchemaSide } from '../search/reading.ts'
import type { RuleName } from './change.ts'
import { checkCompatibility } from './check-compatibility.ts'
import { ruleFacts } from './rules/rule-table.ts'
import type { Verdict } from './report.ts'

const documents = Number(process.env['LEDGERD_CORPUS_DOCUMENTS'] ?? 400)
const timeout = 120_000 + documents * 10

type Model = z.ZodType
type Up = (old: unknown) => unknown
const same: Up = (old) => old
const open = (shape: z.ZodRawShape): Model => z.looseObject(shape)

interface Pair {
  readonly name: string
  readonly old: Model
  readonly next: Model
  /** Copies the payload as it is when absent. */
  readonly up?: Up
  readonly rules: readonly RuleName[]
  readonly verdict: Verdict
}

const pairs: readonly Pair[] = [
  { name: 'nothing changed', old: open({ a: int() }), next: open({ a: int() }), rules: [], verdict: 'compatible' },
  {
    name: 'an optional member on an open object',
    old: open({}),
    next: open({ a: int().optional() }),
    rules: ['FIELD_ADDED_OPTIONAL'],
    verdict: 'unknown',
  },
  {
    name: 'an optional member that the step sets',
    old: open({}),
    next: open({ a: int().optional() }),
    up: (old) => ({ ...(old as object), a: 1 }),
    rules: ['FIELD_ADDED_OPTIONAL'],
    verdict: 'compatible',
  },
  {
    name: 'an optional member that may be anything',
    old: open({}),
    next: open({ a: z.unknown().optional() }),
    rules: ['FIELD_ADDED_OPTIONAL'],
    verdict: 'compatible',
  },
  {
    name: 'a required member without a value',
    old: open({}),
    next: open({ a: int() }),
    rules: ['FIELD_ADDED_REQUIRED'],
    verdict: 'incompatible',
  },
  {
    name: 'a required member that the step fills',
    old: open({}),
    next: open({ a: text().nullable() }),
    up: (old) => ({ ...(old as object), a: null }),
    rules: ['FIELD_ADDED_REQUIRED'],
    verdict: 'compatible',
  },
  {
    name: 'a required member that a stranger overwrites',
    old: open({}),
    next: open({ a: text().nullable() }),
    up: (old) => ({ a: null, ...(old as object) }),
    rules: ['FIELD_ADDED_REQUIRED'],
    verdict: 'unknown',
  },
  {
    name: 'an optional member gone from an open object',
    old: open({ a: int().optional() }),
    next: open({}),
    rules: ['FIELD_REMOVED_OPTIONAL'],
    verdict: 'compatible',
  },
  {
    name: 'an optional member gone from a strict object',
    old: z.strictObject({ a: int().optional() }),
    next: z.strictObject({}),
    rules: ['FIELD_REMOVED_OPTIONAL'],
    verdict: 'incompatible',
  },
  {
    name: 'a required member gone',
    old: open({ a: int() }),
    next: open({}),
    rules: ['FIELD_REMOVED_REQUIRED'],
    verdict: 'compatible',
  },
  {
    name: 'optional to required',
    old: open({ a: int().optional() }),
    next: open({ a: int() }),
    rules: ['FIELD_OPTIONAL_TO_REQUIRED'],
    verdict: 'incompatible',
  },
  {
    name: 'required to optional',
    old: open({ a: int() }),
    next: open({ a: int().optional() }),
    rules: ['FIELD_REQUIRED_TO_OPTIONAL'],
    verdict: 'compatible',
  },
  {
    name: 'int to number',
    old: open({ a: int() }),
    next: open({ a: z.number() }),
    rules: ['TYPE_WIDENED'],
    verdict: 'compatible',
  },
  {
    name: 'number to int',
    old: open({ a: float() }),
    next: open({ a: int() }),
    rules: ['TYPE_NARROWED'],
    verdict: 'incompatible',
  },
  {
    name: 'text to int with a step',
    old: open({ a: text() }),
    next: open({ a: int() }),
    up: () => ({ a: 0 }),
    rules: ['TYPE_NARROWED'],
    verdict: 'compatible',
  },
  {
    name: 'a branch gone',
    old: open({ a: z.union([text(), int()]) }),
    next: open({ a: text() }),
    rules: ['TYPE_NARROWED'],
    verdict: 'incompatible',
  },
  {
    name: 'a branch added',
    old: open({ a: text() }),
    next: open({ a: z.union([text(), int()]) }),
    rules: ['TYPE_WIDENED'],
    verdict: 'compatible',
  },
  {
    name: 'a lower limit',
    old: open({ a: int().min(0).max(1_000_000) }),
    next: open({ a: int().min(0).max(999_999) }),
    rules: ['CONSTRAINT_TIGHTENED'],
    verdict: 'incompatible',
  },
  {
    name: 'a higher limit',
    old: open({ a: int().max(9) }),
    next: open({ a: int().max(10) }),
    rules: ['CONSTRAINT_LOOSENED'],
    verdict: 'compatible',
  },
  {
    name: 'shorter text',
    old: open({ a: text().max(500) }),
    next: open({ a: text().max(499) }),
    rules: ['CONSTRAINT_TIGHTENED'],
    verdict: 'incompatible',
  },
  {
    name: 'a shorter list',
    old: open({ a: z.array(int()).max(20) }),
    next: open({ a: z.array(int()).max(19) }),
    rules: ['CONSTRAINT_TIGHTENED'],
    verdict: 'incompatible',
  },
  {
    name: 'a value added',
    old: open({ a: z.enum(['x']) }),
    next: open({ a: z.enum(['x', 'y']) }),
    rules: ['ENUM_VALUE_ADDED'],
    verdict: 'compatible',
  },
  {
    name: 'a value gone',
    old: open({ a: z.enum(['x', 'y']) }),
    next: open({ a: z.enum(['x']) }),
    rules: ['ENUM_VALUE_REMOVED'],
    verdict: 'incompatible',
  },
  {
    name: 'null allowed',
    old: open({ a: int() }),
    next: open({ a: int().nullable() }),
    rules: ['NULLABILITY_CHANGED'],
    verdict: 'compatible',
  },
  {
    name: 'null no longer allowed',
    old: open({ a: int().nullable() }),
    next: open({ a: int() }),
    rules: ['NULLABILITY_CHANGED'],
    verdict: 'incompatible',
  },
  {
    name: 'open to strict',
    old: open({ a: int() }),
    next: z.strictObject({ a: int() }),
    rules: ['OPEN_TO_STRICT'],
    verdict: 'incompatible',
  },
  {
    name: 'another unit',
    old: open({ a: field(float(), { unit: 's' }) }),
    next: open({ a: field(float(), { unit: 'ms' }) }),
    rules: ['META_CHANGED'],
    verdict: 'unknown',
  },
  {
    name: 'a mark of personal data gone',
    old: open({ a: field(text(), { pii: 'direct' }) }),
    next: open({ a: text() }),
    rules: ['PII_LOWERED'],
    verdict: 'unknown',
  },
  {
    name: 'a mark of personal data added',
    old: open({ a: text() }),
    next: open({ a: field(text(), { pii: 'direct' }) }),
    rules: ['PII_RAISED'],
    verdict: 'compatible',
  },
  {
    name: 'code',
    old: open({ a: int() }),
    next: open({ a: int().refine(() => true) }),
    rules: ['CODE_IN_SCHEMA'],
    verdict: 'unknown',
  },
  {
    name: 'members in another order',
    old: open({ a: int(), b: text() }),
    next: open({ b: text(), a: int() }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'literals written as an enumeration',
    old: open({ a: z.union([z.literal('x'), z.literal('y')]) }),
    next: open({ a: z.enum(['y', 'x']) }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'nullable written as a union',
    old: open({ a: text().nullable() }),
    next: open({ a: z.union([z.null(), text()]) }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'a zod string written as text',
    old: open({ a: z.string() }),
    next: open({ a: text() }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'a float written as a number',
    old: open({ a: float() }),
    next: open({ a: z.number() }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'an optional member of a strict object',
    old: z.strictObject({}),
    next: z.strictObject({ a: int().optional() }),
    rules: ['FIELD_ADDED_OPTIONAL'],
    verdict: 'compatible',
  },
  {
    name: 'a required member gone from a strict object',
    old: z.strictObject({ a: int(), b: int() }),
    next: z.strictObject({ b: int() }),
    rules: ['FIELD_REMOVED_REQUIRED'],
    verdict: 'incompatible',
  },
  {
    name: 'optional to required, filled',
    old: open({ a: int().optional() }),
    next: open({ a: int() }),
    up: (old) => ({ a: 0, ...(old as object) }),
    rules: ['FIELD_OPTIONAL_TO_REQUIRED'],
    verdict: 'compatible',
  },
  {
    name: 'a value gone, mapped',
    old: open({ a: z.enum(['x', 'y']) }),
    next: open({ a: z.enum(['x']) }),
    up: (old) => ({ ...(old as object), a: 'x' }),
    rules: ['ENUM_VALUE_REMOVED'],
    verdict: 'compatible',
  },
  {
    name: 'a lower limit, clamped',
    old: open({ a: int().min(0).max(10) }),
    next: open({ a: int().min(0).max(9) }),
    up: (old) => ({ ...(old as object), a: Math.min(9, (old as { a: number }).a) }),
    rules: ['CONSTRAINT_TIGHTENED'],
    verdict: 'compatible',
  },
  {
    name: 'a limit written twice',
    old: open({ a: int().max(9) }),
    next: open({ a: int().max(9).max(12) }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'a pattern added',
    old: open({ a: text() }),
    next: open({ a: text().regex(/^[a-z]+$/) }),
    rules: ['CONSTRAINT_TIGHTENED'],
    verdict: 'incompatible',
  },
  {
    name: 'a pattern gone',
    old: open({ a: text().regex(/^[a-z]+$/) }),
    next: open({ a: text() }),
    rules: ['CONSTRAINT_LOOSENED'],
    verdict: 'compatible',
  },
  {
    name: 'a text that becomes an enumeration',
    old: open({ a: text() }),
    next: open({ a: z.enum(['x']) }),
    rules: ['TYPE_NARROWED'],
    verdict: 'incompatible',
  },
  {
    name: 'an enumeration that becomes text',
    old: open({ a: z.enum(['x']) }),
    next: open({ a: text() }),
    rules: ['TYPE_WIDENED'],
    verdict: 'compatible',
  },
  {
    name: 'a boolean written as its values',
    old: open({ a: z.boolean() }),
    next: open({ a: z.union([z.literal(true), z.literal(false)]) }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'strict to open',
    old: z.strictObject({ a: int() }),
    next: open({ a: int() }),
    rules: ['TYPE_WIDENED'],
    verdict: 'compatible',
  },
  {
    name: 'the default of absent spelled out',
    old: open({ a: text() }),
    next: open({ a: field(text(), { absent: 'unknown' }) }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'a meaning moved under nullable',
    old: open({ a: field(float().nullable(), { unit: 's' }) }),
    next: open({ a: field(float(), { unit: 's' }).nullable() }),
    rules: [],
    verdict: 'compatible',
  },
  {
    name: 'a mark of personal data raised',
    old: open({ a: field(text(), { pii: 'indirect' }) }),
    next: open({ a: field(text(), { pii: 'secret' }) }),
    rules: ['PII_RAISED'],
    verdict: 'compatible',
  },
]

interface Placement {
  readonly name: string
  readonly model: (inner: Model) => Model
  readonly up: (inner: Up) => Up
}

interface Box {
  readonly in: unknown
  readonly list: readonly unknown[]
  readonly by: Readonly<Record<string, unknown>>
}

const placements: readonly Placement[] = [
  { name: 'the payload', model: (inner) => inner, up: (up) => up },
  {
    name: 'a member',
    model: (inner) => open({ in: inner }),
    up: (up) => (old) => ({ ...(old as Box), in: up((old as Box).in) }),
  },
  {
    name: 'a list',
    model: (inner) => open({ list: z.array(inner) }),
    up: (up) => (old) => ({ ...(old as Box), list: (old as Box).list.map(up) }),
  },
  {
    name: 'a record',
    model: (inner) => open({ by: z.record(text(), inner) }),
    up: (up) => (old) => ({
      ...(old as Box),
      by: Object.fromEntries(Object.entries((old as Box).by).map(([key, one]) => [key, up(one)])),
    }),
  },
  {
    name: 'a branch',
    model: (inner) =>
      z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.literal('in'), in: inner }),
        z.looseObject({ kind: z.literal('out') }),
      ]),
    up: (up) => (old) => ((old as { kind: string }).kind === 'in' ? { ...(old as Box), in: up((old as Box).in) } : old),
  },
]

function side(versions: EventMap[string]['versions'], version: string): SchemaSide {
  const line = { dialects: ['python'], identity: ['/event_id'], time: '/timestamp' } as const
  const events: EventMap = { e: { model: versions.at(-1)?.model as Model, versions } }
  const base = { name: 'team-schema', family: 'team', profiles: ['default'], links: {} } as const
  return {
    frozen: freezeSchema({ ...base, line, version, events } as unknown as Parameters<typeof freezeSchema>[0]),
    events,
  }
}

describe('the corpus', () => {
  for (const placement of placements)
    it.each(pairs)(
      `in ${placement.name}: $name: $verdict`,
      { timeout },
      async ({ old, next, up = same, rules, verdict }) => {
        const [before, after] = [placement.model(old), placement.model(next)]
        const newSide = side(
          [
            { model: before, upcast: placement.up(up) as never },
            { model: after, upcast: undefined },
          ],
          '2.0.0',
        )
        const report = await checkCompatibility(side([{ model: before, upcast: undefined }], '1.0.0'), newSide, {
          seed: 7,
          documents,
        })
        expect(report.findings.map(({ rule }) => rule)).toEqual(rules)
        expect(report.verdict).toBe(verdict)
        const executed = report.tried.flatMap(({ counterExample }) =>
          counterExample === undefined ? [] : [counterExample.document],
        )
        expect(executed.length > 0).toBe(verdict === 'incompatible')
        if (verdict === 'compatible') for (const { passed } of report.tried) expect(passed).toBe(documents)
        for (const document of executed) {
          expect(before.safeParse(document).success).toBe(true)
          expect(after.safeParse(placement.up(up)(document)).success).toBe(false)
        }
      },
    )

  it('has a hit and a near miss for each rule about payloads', () => {
    const schemaWide = /^(?:EVENT_|LINE_|FROZEN_|UPCASTER_|VALIDATOR_|UNPROVEN)/
    for (const rule of Object.keys(ruleFacts).filter((name) => !schemaWide.test(name)) as RuleName[]) {
      expect(
        pairs.some(({ rules }) => rules.includes(rule)),
        `a hit of ${rule}`,
      ).toBe(true)
      expect(pairs.filter(({ rules }) => !rules.includes(rule)).length).toBeGreaterThan(0)
    }
    expect(pairs.length * placements.length).toBeGreaterThanOrEqual(120)
  })
})
