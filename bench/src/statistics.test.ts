import { describe, expect, it } from 'vitest'
import { median, pairedRatio, spread } from './statistics.ts'

describe('median', () => {
  const cases = [
    { name: 'nothing', input: [], want: Number.NaN },
    { name: 'one', input: [7], want: 7 },
    { name: 'odd count, unsorted', input: [9, 1, 5], want: 5 },
    { name: 'even count', input: [4, 1, 3, 2], want: 2.5 },
    { name: 'numbers are not sorted as text', input: [10, 9, 100], want: 10 },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(median(input)).toBe(want))
})

describe('spread', () => {
  const cases = [
    { name: 'nothing', input: [], want: 0 },
    { name: 'one value has none', input: [5], want: 0 },
    { name: 'half the range over the median', input: [8, 10, 12], want: 0.2 },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(spread(input)).toBe(want))
})

describe('pairedRatio', () => {
  const cases = [
    { name: 'a machine that slows down does not change it', values: [20, 10, 2], references: [10, 5, 1], want: 2 },
    { name: 'rounds without a partner are left out', values: [20, 10, 90], references: [10, 5], want: 2 },
    { name: 'a reference of zero is left out', values: [20, 10], references: [10, 0], want: 2 },
    { name: 'no reference at all', values: [20], references: [], want: Number.NaN },
  ]
  for (const { name, values, references, want } of cases) {
    it(name, () => expect(pairedRatio(values, references)).toBe(want))
  }
})
