import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { codeWords, findingWords } from './finding-words.ts'

describe('the words of a finding', () => {
  const table = [
    { name: 'a path in front', path: '/a', message: 'It is wrong.', want: '/a: It is wrong.' },
    {
      name: 'a path that the message has',
      path: '/a/b',
      message: '/a/b is 2; at most 1.',
      want: '/a/b is 2; at most 1.',
    },
    { name: 'a longer path in the message', path: '/a', message: '/ab is 2.', want: '/a: /ab is 2.' },
    { name: 'a path below it in the message', path: '/a', message: '/a/b is 2.', want: '/a: /a/b is 2.' },
    { name: 'a rule stays', path: '/a', rule: 'LD1', message: '/a is 2.', want: 'LD1: /a is 2.' },
    { name: 'path and rule', path: '/a', rule: 'LD1', message: 'It is 2.', want: '/a LD1: It is 2.' },
    { name: 'a rule that the code says', path: '/a', rule: 'wrong', message: 'It is 2.', want: '/a: It is 2.' },
    { name: 'the whole line', path: '', message: 'It is 2.', want: 'It is 2.' },
    { name: 'hostile text', path: '/\u001b', message: '\u009b.', want: '/\\u001b: \\u009b.' },
  ]
  for (const { name, want, ...finding } of table)
    it(name, () => expect(findingWords({ code: 'wrong', ...finding })).toBe(want))
})

it.each([
  { severity: 'E', want: 'error torn-tail', painted: '\u001b[31merror torn-tail\u001b[39m' },
  { severity: 'W', want: 'warning torn-tail', painted: '\u001b[33mwarning torn-tail\u001b[39m' },
  { severity: 'I', want: 'info torn-tail', painted: '\u001b[2minfo torn-tail\u001b[22m' },
] as const)('says how grave a finding is, without colours too: $want', ({ severity, want, painted }) => {
  const finding = { code: 'torn-tail', severity }
  expect(codeWords(finding, pc.createColors(false))).toBe(want)
  expect(codeWords(finding, pc.createColors(true))).toBe(painted)
})
