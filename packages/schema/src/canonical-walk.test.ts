import { formatValue } from '@ledgerd/canonical'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { hasText, locateMembers, skipValue } from './canonical-walk.ts'

const encoder = new TextEncoder()

it('locates the members that a parser finds', () => {
  const wanted = ['axis', 'channel', 'name', 'names', 'é']
  const key = fc.oneof(
    fc.constantFrom(...wanted, 'axi', 'axis"', 'axis\\', 'chan', 'nam', 'name ', ''),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  const object = fc.dictionary(key, fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), { noNullPrototype: true })
  const starts = new Int32Array(wanted.length)
  fc.assert(
    fc.property(object, (value) => {
      fc.pre(!JSON.stringify(value).includes('__proto__'))
      const bytes = encoder.encode(`..${formatValue(value, 'python')}}`)
      const keys = wanted.map((name) => encoder.encode(name))
      locateMembers(bytes, 2, keys, starts)
      for (const [i, name] of wanted.entries()) {
        const start = starts[i] ?? -1
        expect(start === -1).toBe(!Object.hasOwn(value, name))
        if (start === -1) continue
        const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
          bytes.subarray(start, skipValue(bytes, start)),
        )
        expect(text).toBe(formatValue(value[name], 'python'))
      }
    }),
    { numRuns: 2000 },
  )
})

it.each([
  { name: 'at the end', at: 2, want: true },
  { name: 'over the end', at: 3, want: false },
  { name: 'before the beginning', at: -1, want: false },
])('looks for a text $name', ({ at, want }) =>
  expect(hasText(encoder.encode('..ab'), at, encoder.encode('ab'))).toBe(want),
)
