import { formatNode, parse } from '@ledgerd/canonical'
import type { NumberPlan } from '@ledgerd/canonical'
import { describe, expect, it } from 'vitest'
import { applyNumberPlan } from './apply-plan.ts'

function respell(text: string, plan: NumberPlan): string {
  const result = parse(new TextEncoder().encode(text))
  if (!result.ok) throw new Error(result.message)
  const formatted = formatNode(applyNumberPlan(result.root, plan), 'python')
  if (!formatted.ok) throw new Error(formatted.code)
  return formatted.text
}

describe('applyNumberPlan', () => {
  const cases: { name: string; input: string; plan: NumberPlan; want: string }[] = [
    { name: 'integer in a float field', input: '1', plan: 'float', want: '1.0' },
    { name: 'negative zero keeps its sign', input: '-0', plan: 'float', want: '-0.0' },
    {
      name: 'large integer in a float field',
      input: '12345678901234567890',
      plan: 'float',
      want: '1.2345678901234567e+19',
    },
    { name: 'float in an integer field', input: '7.0', plan: 'integer', want: '7' },
    { name: 'exponent in an integer field', input: '7e2', plan: 'integer', want: '700' },
    { name: 'negative zero in an integer field', input: '-0.0', plan: 'integer', want: '0' },
    { name: 'what does not fit is left alone', input: '7.5', plan: 'integer', want: '7.5' },
    {
      name: 'beyond the safe integers is left alone',
      input: '9007199254740993.0',
      plan: 'integer',
      want: '9007199254740992.0',
    },
    { name: 'any', input: '[1, 1.0]', plan: 'any', want: '[1, 1.0]' },
    { name: 'items', input: '[1, [2]]', plan: { items: 'float' }, want: '[1.0, [2.0]]' },
    {
      name: 'members and rest',
      input: '{"a": 1, "b": 1}',
      plan: { members: { a: 'any' }, rest: 'float' },
      want: '{"a": 1, "b": 1.0}',
    },
    {
      name: 'inherited names',
      input: '{"toString": 1}',
      plan: { members: {}, rest: 'float' },
      want: '{"toString": 1.0}',
    },
    {
      name: 'another shape than planned',
      input: '{"a": [1]}',
      plan: { members: { a: { members: {}, rest: 'float' } }, rest: 'any' },
      want: '{"a": [1]}',
    },
  ]
  for (const { name, input, plan, want } of cases) it(name, () => expect(respell(input, plan)).toBe(want))
})
