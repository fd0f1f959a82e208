// Random pairs of models against a judge that knows no rules: it runs documents of another generator through zod.
import process from 'node:process'
import { int, text } from '@ledgerd/schema'
import type { EventMap } from '@ledgerd/schema'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { freezeModel } from '../frozen/freeze-model.ts'
import { freezeSchema } from '../frozen/freeze-schema.ts'
import { samplesOf } from '../lock/samples.ts'
import { documentArbitrary } from '../search/document-arbitrary.ts'
import { edgesOf } from '../search/edges.ts'
import { runStep } from '../search/reading.ts'
import type { SchemaSide } from '../search/reading.ts'
import { checkCompatibility } from './check-compatibility.ts'

/** A model as data, so that it can be changed at one place. */
type Sketch =
  | { readonly kind: 'text' | 'int'; readonly max: number | undefined }
  | { readonly kind: 'number' | 'boolean' | 'anything' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'nullable' | 'array' | 'record'; readonly inner: Sketch }
  | { readonly kind: 'union'; readonly options: readonly Sketch[] }
  | {
      readonly kind: 'object'
      readonly isStrict: boolean
      readonly members: Readonly<Record<string, { readonly isOptional: boolean; readonly inner: Sketch }>>
    }

const limits = fc.option(fc.nat(4), { nil: undefined })
const names = fc.constantFrom('a', 'b', 'c')

const { sketch } = fc.letrec<{ sketch: Sketch }>((tie) => ({
  sketch: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({ kind: fc.constantFrom('text' as const, 'int' as const), max: limits }),
    fc.record({ kind: fc.constantFrom('number' as const, 'boolean' as const, 'anything' as const) }),
    fc.record({
      kind: fc.constant('enum' as const),
      values: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }),
    }),
    fc.record({
      kind: fc.constantFrom('nullable' as const, 'array' as const, 'record' as const),
      inner: tie('sketch'),
    }),
    fc.record({
      kind: fc.constant('union' as const),
      options: fc.array(tie('sketch'), { minLength: 2, maxLength: 3 }),
    }),
    objectOf(tie('sketch')),
  ),
}))

function objectOf(inner: fc.Arbitrary<Sketch>): fc.Arbitrary<Sketch> {
  const member = fc.record({ isOptional: fc.boolean(), inner })
  return fc.record({
    kind: fc.constant('object' as const),
    isStrict: fc.boolean(),
    members: fc.dictionary(names, member, { maxKeys: 3, noNullPrototype: true }),
  })
}

function modelOf(one: Sketch): z.ZodType {
  switch (one.kind) {
    case 'text':
      return one.max === undefined ? text() : text().max(one.max)
    case 'int':
      return one.max === undefined ? int() : int().max(one.max)
    case 'number':
      return z.number()
    case 'boolean':
      return z.boolean()
    case 'anything':
      return z.unknown()
    case 'enum':
      return z.enum(one.values as [string, ...string[]])
    case 'nullable':
      return modelOf(one.inner).nullable()
    case 'array':
      return z.array(modelOf(one.inner))
    case 'record':
      return z.record(text(), modelOf(one.inner))
    case 'union':
      return z.union(one.options.map(modelOf) as [z.ZodType, ...z.ZodType[]])
    case 'object': {
      const shape = Object.fromEntries(
        Object.entries(one.members).map(([name, { isOptional, inner }]) => [
          name,
          isOptional ? modelOf(inner).optional() : modelOf(inner),
        ]),
      )
      return one.isStrict ? z.strictObject(shape) : z.looseObject(shape)
    }
  }
}

/** One place changed: replaced, or turned in one property. `dice` decides where and how. */
function mutate(one: Sketch, dice: () => number, other: Sketch): Sketch {
  const roll = dice() % 10
  if (roll === 0) return other
  if (roll === 1) return { kind: 'nullable', inner: one }
  switch (one.kind) {
    case 'text':
    case 'int':
      return { ...one, max: roll % 2 === 0 ? undefined : roll % 5 }
    case 'enum':
      return { ...one, values: roll % 2 === 0 ? ['x', 'y', 'z'] : ['x'] }
    case 'nullable':
      return roll % 3 === 0 ? one.inner : { ...one, inner: mutate(one.inner, dice, other) }
    case 'array':
    case 'record':
      return { ...one, inner: mutate(one.inner, dice, other) }
    case 'union': {
      if (roll % 3 === 0) return { ...one, options: [...one.options, other] }
      const at = dice() % one.options.length
      if (roll % 3 === 1 && one.options.length > 2) return { ...one, options: one.options.toSpliced(at, 1) }
      return { ...one, options: one.options.with(at, mutate(one.options[at] as Sketch, dice, other)) }
    }
    case 'object': {
      const [name] = Object.keys(one.members).toSorted(() => (dice() % 2) - 0.5)
      if (roll === 2) return { ...one, isStrict: !one.isStrict }
      if (roll === 3 || name === undefined)
        return { ...one, members: { ...one.members, d: { isOptional: dice() % 2 === 0, inner: other } } }
      const { [name]: member, ...rest } = one.members
      if (member === undefined || roll === 4) return { ...one, members: rest }
      if (roll === 5) return { ...one, members: { ...rest, [name]: { ...member, isOptional: !member.isOptional } } }
      return { ...one, members: { ...rest, [name]: { ...member, inner: mutate(member.inner, dice, other) } } }
    }
    default:
      return other
  }
}

function diceOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}

function side(versions: EventMap[string]['versions'], version: string): SchemaSide {
  const line = { dialects: ['python'], identity: ['/event_id'], time: '/timestamp' } as const
  const events: EventMap = { e: { model: versions.at(-1)?.model as z.ZodType, versions } }
  const base = { name: 'team-schema', family: 'team', profiles: ['default'], links: {} } as const
  return {
    frozen: freezeSchema({ ...base, line, version, events } as unknown as Parameters<typeof freezeSchema>[0]),
    events,
  }
}

type Up = (old: unknown) => unknown

/** Steps as people write them: as it was, filled first, filled last. */
function stepsFor(next: z.ZodType): readonly Up[] {
  const fill = samplesOf(freezeModel(next)).at(0)
  const isObject = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const join = (first: unknown, second: unknown): unknown =>
    isObject(first) && isObject(second) ? { ...first, ...second } : second
  return [(old) => old, (old) => join(fill, old), (old) => (isObject(fill) ? join(old, fill) : old)]
}

const pairsCount = Number(process.env['LEDGERD_RANDOM_PAIRS'] ?? 150)
const judgedDocuments = 300

describe(`${pairsCount} random pairs`, () => {
  it('give no false compatible and no incompatible that was not executed', async () => {
    const counts = { compatible: 0, incompatible: 0, unknown: 0 }
    const pair = fc.tuple(objectOf(sketch), sketch, fc.nat(), fc.nat(2))
    await fc.assert(
      fc.asyncProperty(pair, async ([first, other, seed, way]) => {
        const dice = diceOf(seed)
        const [old, next] = [modelOf(first), modelOf(mutate(first, dice, other))]
        const up = stepsFor(next)[way] as Up
        const versions = [
          { model: old, upcast: up as never },
          { model: next, upcast: undefined },
        ] as const
        const report = await checkCompatibility(
          side([{ model: old, upcast: undefined }], '1.0.0'),
          side(versions, '2.0.0'),
          { seed, documents: 120 },
        )
        counts[report.verdict]++
        const read = (document: unknown): boolean => {
          const step = runStep(up as never, document)
          return step.ok && next.safeParse(step.value).success
        }
        if (report.verdict === 'incompatible') {
          const documents = report.tried.flatMap(({ counterExample }) =>
            counterExample === undefined ? [] : [counterExample.document],
          )
          expect(documents.length).toBeGreaterThan(0)
          for (const document of documents)
            expect([old.safeParse(document).success, read(document)]).toEqual([true, false])
        }
        if (report.verdict === 'compatible') judge(old, next, read, seed)
      }),
      { numRuns: pairsCount, endOnFailure: pairsCount > 1000 },
    )
    if (pairsCount > 1000) process.stderr.write(`${JSON.stringify(counts)}\n`)
    expect(counts.compatible).toBeGreaterThan(0)
    expect(counts.incompatible).toBeGreaterThan(0)
    expect(counts.unknown).toBeGreaterThan(0)
  }, 3_600_000)
})

/** Documents with members of every name anywhere, which the check's own search does not mix. */
function judge(old: z.ZodType, next: z.ZodType, read: (document: unknown) => boolean, seed: number): void {
  const node = freezeModel(old)
  const edges = edgesOf([node, freezeModel(next)])
  const documents = documentArbitrary(fc, node, { edges, extraNames: ['a', 'b', 'c', 'd', 'e'] })
  for (const document of fc.sample(documents, { numRuns: judgedDocuments, seed: seed + 1 }))
    if (old.safeParse(document).success && !read(document))
      throw new Error(`false compatible: ${JSON.stringify(document)}`)
}
