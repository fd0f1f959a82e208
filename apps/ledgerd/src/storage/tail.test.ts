import { describe, expect, it } from 'vitest'
import { doubtAbout } from './tail.ts'

const line = '{"a": 1}\n'
const groupBytesMax = 64

describe('what is not kept above a head record that trails', () => {
  const cases: { name: string; rest: string | Uint8Array; want: RegExp | undefined }[] = [
    { name: 'nothing', rest: '', want: undefined },
    { name: 'a fragment', rest: '{"a": ', want: undefined },
    {
      name: 'a fragment with zeros behind',
      rest: Buffer.concat([Buffer.from('{"a'), Buffer.alloc(40)]),
      want: undefined,
    },
    { name: 'a torn line with its end', rest: '\0\0\0\0 1}\n', want: undefined },
    { name: 'blank lines', rest: '\n  \n', want: undefined },
    { name: 'a number, which is no record', rest: '1\n', want: undefined },
    { name: 'a whole record that is none of the family', rest: line, want: /whole record/ },
    { name: 'the same without its line feed', rest: line.slice(0, -1), want: /whole record/ },
    { name: 'a whole record behind a torn line', rest: `{"a": \0\n${line}`, want: /whole record/ },
    { name: 'a whole record before one', rest: `${line}{"a": `, want: /whole record/ },
    { name: 'as much as one group', rest: Buffer.alloc(groupBytesMax), want: undefined },
    { name: 'more than one group', rest: Buffer.alloc(groupBytesMax + 1), want: /more than one group/ },
  ]
  it.each(cases)('$name', ({ rest, want }) => {
    const doubt = doubtAbout(Buffer.from(rest), groupBytesMax)
    if (want === undefined) expect(doubt).toBeUndefined()
    else expect(doubt).toMatch(want)
  })
})
