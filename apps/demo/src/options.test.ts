import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

const quiet = { linesPerSecond: 100, isKilling: false, isServing: false, isHelpWanted: false }

describe('parseOptions', () => {
  it.each([
    { name: 'nothing', args: [], want: quiet },
    { name: 'a speed', args: ['--speed', '2'], want: { ...quiet, linesPerSecond: 200 } },
    { name: 'a speed in one word', args: ['--speed=0.5'], want: { ...quiet, linesPerSecond: 50 } },
    { name: 'no pace at all', args: ['--speed', 'max'], want: { ...quiet, linesPerSecond: Number.POSITIVE_INFINITY } },
    { name: 'what pnpm leaves before arguments', args: ['--', '--serve'], want: { ...quiet, isServing: true } },
    { name: 'a murder', args: ['--kill'], want: { ...quiet, isKilling: true } },
    { name: 'a call for help', args: ['-h'], want: { ...quiet, isHelpWanted: true } },
  ])('takes $name', ({ args, want }) => {
    expect(parseOptions(args, true)).toEqual(want)
  })

  it('hurries when nobody watches', () => {
    expect(parseOptions([], false).linesPerSecond).toBe(Number.POSITIVE_INFINITY)
  })

  it.each([{ args: ['--speed'] }, { args: ['--speed', '0'] }, { args: ['--speed', 'fast'] }, { args: ['--sprint'] }])(
    'refuses $args',
    ({ args }) => {
      expect(() => parseOptions(args, true)).toThrow(/--sp/)
    },
  )
})
