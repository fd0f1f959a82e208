import { describe, expect, it } from 'vitest'
import { LatencyHistogram } from './latency-histogram.ts'

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}

describe('LatencyHistogram', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  const cases = [
    { name: 'one value', values: [0.25], fraction: 0.5, want: 0.25 },
    { name: 'the median of 1 to 100', values: hundred, fraction: 0.5, want: 50 },
    { name: 'the 99th percentile of 1 to 100', values: hundred, fraction: 0.99, want: 99 },
    { name: 'microseconds', values: [0.002, 0.002, 900], fraction: 0.5, want: 0.002 },
    { name: 'seconds', values: [2500], fraction: 1, want: 2500 },
  ]
  for (const { name, values, fraction, want } of cases) {
    it(`${name}, within the width of a bucket`, () => {
      const got = histogramOf(values).quantile(fraction)
      expect(Math.abs(got / want - 1)).toBeLessThan(0.045)
    })
  }

  it('counts values off the scale at its ends', () => {
    expect(histogramOf([0]).quantile(0.5)).toBeLessThan(2e-4)
    expect(histogramOf([1e12]).quantile(0.5)).toBeGreaterThan(1e7)
  })

  it('has no quantile when empty', () => expect(new LatencyHistogram().quantile(0.5)).toBeNaN())
})
