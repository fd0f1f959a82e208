import { event, field, float, int } from '@ledgerd/schema'
import type { EventMap } from '@ledgerd/schema'
import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { freezeSchema } from '../frozen/freeze-schema.ts'
import { goldenSteps } from '../lock/golden.ts'
import type { SchemaSide } from '../search/reading.ts'
import { checkCompatibility } from './check-compatibility.ts'
import { exitCodeOfReport } from './report.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

function side(events: EventMap, version: string = '1.0.0'): SchemaSide {
  const line = { dialects: ['python'], identity: ['/event_id'], time: '/timestamp' } as const
  const base = { name: 'team-schema', family: 'team', profiles: ['default'], links: {} } as const
  return {
    frozen: freezeSchema({ ...base, line, version, events } as unknown as Parameters<typeof freezeSchema>[0]),
    events,
  }
}

type Model = z.ZodType
type Up = (old: unknown) => unknown
const same: Up = (old) => old
const open = (shape: z.ZodRawShape): Model => z.looseObject(shape)
// Strict models are refused by event(); published packages from elsewhere may have them all the same.
const bare = (...models: readonly Model[]): EventMap[string] => ({
  model: models.at(-1) as Model,
  versions: models.map((model, index) => ({
    model,
    upcast: index + 1 < models.length ? (same as never) : undefined,
  })) as never,
})

const door = open({ door: int() })
const settings = { seed: 7, documents: 400 }

describe('luck', () => {
  it('is no proof: a break that no document met stays unknown', async () => {
    const old = open({ a: z.array(int()).max(500) })
    const next = open({ a: z.array(int()).max(499) })
    const after = {
      model: next,
      versions: [
        { model: old, upcast: same },
        { model: next, upcast: undefined },
      ],
    } as never
    const report = await checkCompatibility(side({ e: bare(old) }), side({ e: after }, '2.0.0'), settings)
    expect(report.verdict).toBe('unknown')
  })
})

describe('types, versions and steps', () => {
  it.each([
    {
      name: 'a type added',
      old: { a: event(door) },
      next: { a: event(door), b: event(open({ b: int() })) },
      rule: 'EVENT_TYPE_ADDED',
      verdict: 'compatible',
      exit: 0,
    },
    {
      name: 'a type removed',
      old: { a: event(door), b: event(open({ b: int() })) },
      next: { a: event(door) },
      rule: 'EVENT_TYPE_REMOVED',
      verdict: 'incompatible',
      exit: 1,
    },
    {
      name: 'a type renamed',
      old: { a: event(door) },
      next: { b: event(door) },
      rule: 'EVENT_TYPE_RENAMED',
      verdict: 'incompatible',
      exit: 1,
    },
    {
      name: 'a published version loosened',
      old: { a: event(open({ a: int().max(1) })) },
      next: { a: event(open({ a: int().max(2) })) },
      rule: 'FROZEN_VERSION_CHANGED',
      verdict: 'unknown',
      exit: 1,
    },
    {
      name: 'a step missing',
      old: { a: bare(door) },
      next: {
        a: {
          model: door,
          versions: [
            { model: door, upcast: undefined },
            { model: door, upcast: undefined },
          ],
        } as never,
      },
      rule: 'UPCASTER_MISSING',
      verdict: 'incompatible',
      exit: 1,
    },
    {
      name: 'a step that fails on some',
      old: { a: event(door) },
      next: {
        a: event(door).next(door, (old) => {
          if ((old as { door: number }).door > 100) throw new Error('too far')
          return old
        }),
      },
      rule: 'UPCASTER_PARTIAL',
      verdict: 'incompatible',
      exit: 1,
    },
    {
      name: 'a step that writes into its input',
      old: { a: event(door) },
      next: { a: event(door).next(door, (old) => Object.assign(old as object, { door: 1 })) },
      rule: 'UPCASTER_PARTIAL',
      verdict: 'incompatible',
      exit: 1,
    },
  ] as const)('$name: $rule', async ({ old, next, rule, verdict, exit }) => {
    const report = await checkCompatibility(side(old), side(next as EventMap, '2.0.0'), settings)
    expect(report.findings.map((finding) => finding.rule)).toContain(rule)
    expect({ verdict: report.verdict, exit: exitCodeOfReport(report) }).toEqual({ verdict, exit })
  })

  it('finds a published step that answers differently', async () => {
    const published = { a: event(door).next(door, (old) => old) }
    const changed = { a: event(door).next(door, (old) => ({ ...(old as object), door: 9 })) }
    const golden = goldenSteps({ events: published })
    const report = await checkCompatibility(side(published), side(changed, '1.0.1'), { ...settings, golden })
    expect(report.findings.map(({ rule }) => rule)).toContain('UPCASTER_CHANGED')
    expect(exitCodeOfReport(report)).toBe(1)
    const again = await checkCompatibility(side(published), side(published, '1.0.1'), { ...settings, golden })
    expect(exitCodeOfReport(again)).toBe(0)
  })

  it.each([
    { from: '1.0.0', to: '1.0.1', isEnough: false },
    { from: '1.0.0', to: '1.1.0', isEnough: true },
    { from: '0.1.0', to: '0.1.1', isEnough: true },
    { from: '1.1.0', to: '1.0.0', isEnough: false },
  ])('a new type from $from to $to', async ({ from, to, isEnough }) => {
    const next = side({ a: event(door), b: event(open({ b: int() })) }, to)
    const report = await checkCompatibility(side({ a: event(door) }, from), next, settings)
    expect(report.findings.some(({ rule }) => rule === 'SEMVER_TOO_SMALL')).toBe(!isEnough)
    expect(exitCodeOfReport(report)).toBe(isEnough ? 0 : 1)
  })

  it.each([
    { expires: '2026-12-31', verdict: 'compatible', exit: 0 },
    { expires: '2026-01-01', verdict: 'unknown', exit: 1 },
  ])('a suppression until $expires', async ({ expires, verdict, exit }) => {
    const old = { a: event(open({ t: field(float(), { unit: 's' }) })) }
    const next = { a: event(open({ t: field(float(), { unit: 'ms' }) })) }
    const suppressions = [{ rule: 'META_CHANGED', pointer: '/events/a/t', reason: 'was always ms', expires }]
    const report = await checkCompatibility(side(old), side(next, '2.0.0'), {
      ...settings,
      suppressions,
      today: '2026-06-01',
    })
    expect({ verdict: report.verdict, exit: exitCodeOfReport(report) }).toEqual({ verdict, exit })
  })
})
