import { describe, expect, it } from 'vitest'
import { findingWords } from './finding-words.ts'

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
