import { describe, expect, it } from 'vitest'
import { replaceBenchBlock } from './readme-block.ts'

const start = '<!-- bench:start -->'
const end = '<!-- bench:end -->'

describe('replaceBenchBlock', () => {
  const cases = [
    { name: 'fills an empty block', input: `a\n${start}\n${end}\nb`, want: `a\n${start}\n\nnew\n\n${end}\nb` },
    { name: 'replaces an old table', input: `${start}\n\nold\n\n${end}`, want: `${start}\n\nnew\n\n${end}` },
  ]
  for (const { name, input, want } of cases) {
    it(name, () => expect(replaceBenchBlock(input, ' new\n')).toBe(want))
    it(`${name}, and once more changes nothing`, () => expect(replaceBenchBlock(want, 'new')).toBe(want))
  }

  const refused = [
    { name: 'no markers', input: 'text' },
    { name: 'no end', input: `${start} text` },
    { name: 'the end first', input: `${end} ${start}` },
    { name: 'two blocks', input: `${start}${end}${start}${end}` },
  ]
  for (const { name, input } of refused) {
    it(`refuses ${name}`, () => expect(() => replaceBenchBlock(input, 'new')).toThrow('CONFIG_INVALID'))
  }
})
