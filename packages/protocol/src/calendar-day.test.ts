import { expect, it } from 'vitest'
import { beginsWithDay } from './calendar-day.ts'

it.each([
  { text: '2026-02-28T10:00Z', want: true },
  { text: '2024-02-29', want: true },
  { text: '2026-12-31T23:59:59.999999999+14:00', want: true },
  { text: '2026-02-29T10:00Z', want: false },
  { text: '2026-02-31T10:00Z', want: false },
  { text: '2026-04-31', want: false },
  { text: '2026-13-01', want: false },
  { text: '2026-00-10', want: false },
  { text: '2026-01-00', want: false },
  { text: 'Feb 3, 2026', want: false },
  { text: '2026', want: false },
  { text: '', want: false },
])('$text: $want', ({ text, want }) => {
  expect(beginsWithDay(text)).toBe(want)
})
