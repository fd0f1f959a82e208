import { describe, expect, it } from 'vitest'
import { withoutAssertions } from './without-assertions.ts'

describe('look-arounds are taken out, and nothing else', () => {
  const cases = [
    { input: '^(?!__proto__$)[^:]+(?::[^:]+)?$', want: '^[^:]+(?::[^:]+)?$' },
    { input: '^(?=.*\\d)(a|b)(?!(x|y)z)c$', want: '^(a|b)c$' },
    { input: '(?<name>a(?<!b))(?<=c)d', want: '(?<name>a)d' },
    { input: '[(?!]+\\(?!x\\)', want: '[(?!]+\\(?!x\\)' },
    { input: '(a(?!b[)]c)d)+', want: '(ad)+' },
    { input: '[\\](?!]x', want: '[\\](?!]x' },
    { input: '', want: '' },
  ]
  for (const { input, want } of cases)
    it(`/${input}/`, () => {
      expect(() => new RegExp(input)).not.toThrow()
      expect(withoutAssertions(input)).toBe(want)
      expect(() => new RegExp(want)).not.toThrow()
    })
})
