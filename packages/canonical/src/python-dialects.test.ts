import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNode } from './format-node.ts'
import { quoteAny, escapeNonAscii } from './json-string.ts'
import { parse } from './parse.ts'

const dialects = ['python', 'python-ascii', 'python-compact', 'python-compact-ascii'] as const

const program = `
import json, sys
for line in sys.stdin:
    value = json.loads(line)
    texts = [json.dumps(value, sort_keys=True, ensure_ascii=a, separators=s)
             for s in ((', ', ': '), (',', ':')) for a in (False, True)]
    print(json.dumps([None if any(0xD800 <= ord(c) < 0xE000 for c in t) else t for t in texts]))
`

/** JSON texts with spellings that no serialiser makes: odd numbers, escapes, repeated keys, blanks. */
const spelled: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => {
  const unit = fc.constantFrom('a', 'B', '"', '\\', '/', '\n', '\0', '\u007f', 'é', '\uff5e', '😀', '\ud83d', '\ude00')
  const string = fc.oneof(
    fc.array(unit, { maxLength: 4 }).map((units) => escapeNonAscii(quoteAny(units.join('')))),
    fc.string({ unit: 'grapheme' }).map(quoteAny),
    fc.constantFrom('"\\u0041"', '"\\/"', '"\\u000A"'),
  )
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt().map(String),
    fc.constantFrom('-0', '-0.0', '1E5', '1e-5', '0.10', '1e400', '-1e400', '1e16', '123456789012345678.0', '4.9e-324'),
  )
  const list = fc.array(tie('value'), { maxLength: 4 }).map((items) => `[ ${items.join(' ,')}]`)
  const object = fc
    .array(fc.tuple(string, tie('value')), { maxLength: 6 })
    .map((members) => `{${members.map(([key, value]) => `${key} :${value}`).join(',\t')}}`)
  return { value: fc.oneof({ maxDepth: 4 }, fc.constantFrom('null', 'true', 'false'), number, string, list, object) }
}).value

const hasPython = spawnSync('python3', ['--version']).status === 0

describe.skipIf(!hasPython)('the python dialects beside json.dumps (needs python3)', () => {
  it('give the same text, and none where Python could not write it as UTF-8', () => {
    const inputs = fc.sample(spelled, 2000)
    const run = spawnSync('python3', ['-c', program], {
      input: inputs.join('\n'),
      encoding: 'utf8',
      env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
      maxBuffer: 1 << 28,
    })
    const answers = run.stdout.trimEnd().split('\n')
    expect(answers, run.stderr).toHaveLength(inputs.length)
    for (const [i, input] of inputs.entries()) {
      const result = parse(new TextEncoder().encode(input))
      if (!result.ok) throw new Error(`${result.message}: ${input}`)
      const texts = dialects.map((dialect) => {
        const formatted = formatNode(result.root, dialect)
        return formatted.ok ? formatted.text : null
      })
      expect({ input, texts }).toEqual({ input, texts: JSON.parse(answers[i]!) })
    }
  })
})
