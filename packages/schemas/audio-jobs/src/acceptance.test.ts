import { parse } from '@ledgerd/canonical'
import { describe, expect, it } from 'vitest'
import { judgeAcceptance, scoresOf } from './acceptance.ts'
import type { Scores } from './acceptance.ts'
import { defaultThresholds } from './thresholds.ts'
import type { Thresholds } from './thresholds.ts'

const good: Scores = { clap: 0.36, fad: 1.5, cer: 0.06, spk_cos: 0.88, pitch_dev_cents: 30, lufs: -14, sync_ms: 70 }

function verdicts(scores: Scores, thresholds?: Thresholds): string[] {
  const { isAccepted, metrics } = judgeAcceptance(scores, thresholds)
  const notable = metrics.filter(
    ({ verdict, isRequired }) => verdict === 'fail' || (verdict === 'absent' && isRequired),
  )
  return [isAccepted ? 'accepted' : 'not accepted', ...notable.map(({ metric, verdict }) => `${metric} ${verdict}`)]
}

describe('judging scores', () => {
  const cases: { readonly name: string; readonly scores: Scores; readonly want: readonly string[] }[] = [
    { name: 'at the bounds', scores: { ...good, clap: '0.35' }, want: ['accepted'] },
    { name: 'the lower end of lufs', scores: { ...good, lufs: '-14.4' }, want: ['accepted'] },
    { name: 'the lower end of lufs as a double', scores: { ...good, lufs: -14.4 }, want: ['accepted'] },
    { name: 'the upper end of lufs', scores: { ...good, lufs: '-13.60' }, want: ['accepted'] },
    { name: 'a hair below', scores: { ...good, lufs: '-14.400000000000000001' }, want: ['not accepted', 'lufs fail'] },
    { name: 'a hair above', scores: { ...good, cer: '0.06000000000000000000001' }, want: ['not accepted', 'cer fail'] },
    { name: "the seed's own example", scores: { ...good, fad: 1.6 }, want: ['not accepted', 'fad fail'] },
    { name: 'exponents', scores: { ...good, fad: '15e-1' }, want: ['accepted'] },
    { name: 'an optional metric that passes', scores: { ...good, determinism: 0.99, loops: 6 }, want: ['accepted'] },
    { name: 'an optional metric that fails', scores: { ...good, loops: 7 }, want: ['not accepted', 'loops fail'] },
    { name: 'NaN', scores: { ...good, clap: Number.NaN }, want: ['not accepted', 'clap fail'] },
    { name: 'Infinity', scores: { ...good, clap: Number.POSITIVE_INFINITY }, want: ['not accepted', 'clap fail'] },
    {
      name: 'an inherited name',
      scores: Object.create(good) as Scores,
      want: ['not accepted', ...Object.keys(good).map((metric) => `${metric} absent`)],
    },
  ]
  for (const { name, scores, want } of cases) it(name, () => expect(verdicts(scores)).toEqual(want))

  for (const metric of Object.keys(good))
    it(`without ${metric}`, () => {
      const { [metric]: _, ...rest } = good
      expect(verdicts(rest)).toEqual(['not accepted', `${metric} absent`])
    })

  it('says what was measured and what was wanted', () => {
    const { metrics } = judgeAcceptance({ ...good, lufs: '-14.0' })
    expect(metrics.find(({ metric }) => metric === 'lufs')).toEqual({
      ...{ metric: 'lufs', verdict: 'pass', isRequired: true, found: '-14.0', bound: '-14 ± 0.4' },
    })
    expect(metrics.map(({ metric }) => metric)).toEqual([
      ...Object.keys(defaultThresholds.required),
      ...Object.keys(defaultThresholds.optional),
    ])
  })

  it('reads scores from a record digit for digit', () => {
    const text =
      '{"phase": "audio.window#1.refine#3", "scores_after": {"lufs": -14.40, "clap": NaN, "cer": "low", "loops": 99}}'
    const result = parse(new TextEncoder().encode(text), { allowNonFinite: true })
    if (!result.ok || result.root.kind !== 'object') throw new Error('the record reads')
    expect(scoresOf(result.root)).toEqual({ lufs: '-14.40', clap: 'NaN', loops: '3' })
  })
})

describe('thresholds', () => {
  it('of a project replace the defaults', () => {
    const thresholds = { required: { clap: { atLeast: 0.5 } }, optional: {} }
    expect(verdicts({ clap: 0.5 }, thresholds)).toEqual(['accepted'])
    expect(verdicts(good, thresholds)).toEqual(['not accepted', 'clap fail'])
  })

  const cases: { readonly name: string; readonly thresholds: unknown }[] = [
    { name: 'none', thresholds: { required: {}, optional: {} } },
    { name: 'only optional ones', thresholds: { required: {}, optional: { clap: { atLeast: 1 } } } },
    { name: 'no bound', thresholds: { required: { clap: {} }, optional: {} } },
    { name: 'an unknown bound', thresholds: { required: { clap: { above: 1 } }, optional: {} } },
    { name: 'two bounds', thresholds: { required: { clap: { atLeast: 1, atMost: 2 } }, optional: {} } },
    { name: 'a target without tolerance', thresholds: { required: { clap: { target: 1 } }, optional: {} } },
    { name: 'a negative tolerance', thresholds: { required: { clap: { target: 1, tolerance: -1 } }, optional: {} } },
    { name: 'NaN', thresholds: { required: { clap: { atLeast: Number.NaN } }, optional: {} } },
    { name: 'text', thresholds: { required: { clap: { atLeast: 'high' } }, optional: {} } },
    { name: 'null', thresholds: { required: { clap: { atLeast: null } }, optional: {} } },
    { name: 'a number beyond all measure', thresholds: { required: { clap: { atLeast: '1e999999' } }, optional: {} } },
    {
      name: 'required and optional',
      thresholds: { required: { clap: { atLeast: 1 } }, optional: { clap: { atLeast: 1 } } },
    },
  ]
  for (const { name, thresholds } of cases)
    it(`refuses ${name}`, () =>
      expect(() => judgeAcceptance(good, thresholds as Thresholds)).toThrow(/^CONFIG_INVALID/))
})
