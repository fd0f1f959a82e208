import { parse, formatNode } from '@ledgerd/canonical'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readVector, readVectorLines } from '../conformance/check-file.ts'
import { RecordJoiner } from './pretty-records.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function join(source: string, chunkBytes = 1 << 20, recordBytesMax?: number): unknown[] {
  const joiner = new RecordJoiner(recordBytesMax === undefined ? {} : { recordBytesMax })
  const bytes = encoder.encode(source)
  const records: unknown[] = []
  const note = ({
    bytes: line,
    offset,
    isWhole,
    isTooLong,
  }: {
    bytes: Uint8Array
    offset: number
    isWhole: boolean
    isTooLong: boolean
  }) => records.push([decoder.decode(line), offset, ...(isWhole ? [] : ['cut']), ...(isTooLong ? ['too long'] : [])])
  for (let at = 0; at < bytes.length; at += chunkBytes)
    for (const record of joiner.push(bytes.slice(at, at + chunkBytes))) note(record)
  const last = joiner.end()
  if (last !== undefined) note(last)
  return records
}

describe('joining', () => {
  const cases: { readonly name: string; readonly source: string; readonly want: unknown[] }[] = [
    { name: 'nothing', source: ' \r\n\t\n', want: [] },
    {
      name: 'lexemes and an odd key',
      source: '{\n  "t" : 64.0,\r\n  "+0.1": true , "x": -14.00\n}\n',
      want: [['{"t": 64.0, "+0.1": true, "x": -14.00}', 0]],
    },
    {
      name: 'two records',
      source: '{\n"a": 1\n}\n\n{"b":[1,2]}',
      want: [
        ['{"a": 1}', 0],
        ['{"b": [1, 2]}', 12],
      ],
    },
    {
      name: 'blanks, commas and brackets in strings',
      source: '{"a" : "x ,  {:\\"}  \\\\"}',
      want: [['{"a": "x ,  {:\\"}  \\\\"}', 0]],
    },
    {
      name: 'repeated keys, NaN and escapes stay',
      source: '{"a":NaN,\n"a":"\\u00e4"}',
      want: [['{"a": NaN, "a": "\\u00e4"}', 0]],
    },
    {
      name: 'empty containers',
      source: '{ \n }\n{"a": [ ]}',
      want: [
        ['{}', 0],
        ['{"a": []}', 6],
      ],
    },
    {
      name: 'values without brackets',
      source: 'null 12\n"x"',
      want: [
        ['null', 0],
        ['12', 5],
        ['"x"', 8],
      ],
    },
    { name: 'cut in an object', source: '{"a": 1,\n', want: [['{"a": 1, ', 0, 'cut']] },
    {
      name: 'cut in a string, another record behind',
      source: '{"a": "x\n{"b": 1}',
      want: [
        ['{"a": "x', 0, 'cut'],
        ['{"b": 1}', 9],
      ],
    },
    {
      name: 'a bracket too many',
      source: '{"a": 1}}{"b": 2}',
      want: [
        ['{"a": 1}', 0],
        ['}', 8],
        ['{"b": 2}', 9],
      ],
    },
  ]
  for (const { name, source, want } of cases)
    it(name, () => {
      expect(join(source)).toEqual(want)
      expect(join(source, 1)).toEqual(want)
    })

  it('drops what is over the limit and goes on', () => {
    expect(join('{"a": "xxxxxxxxxxxxxxxx"} {"b": 1}', 7, 12)).toEqual([
      ['', 0, 'too long'],
      ['{"b": 1}', 26],
    ])
    expect(join('{"b":  12345}', 7, 12)).toEqual([['{"b": 12345}', 0]])
  })

  it('brings pretty prints back to their lines', () => {
    for (const name of ['seed_schema_signed.jsonl', 'seed_schema_unsigned.jsonl'])
      for (const line of readVectorLines(name)) {
        const text = decoder.decode(line)
        // Blanks put where JSON allows them and no string of these files has a comma or colon followed by a blank.
        const pretty = text.replaceAll(', "', ',\n    "').replaceAll('": ', '" :\n\t').replaceAll('{"', '{ \r\n"')
        expect(join(`${pretty}\n`)).toEqual([[text, 0]])
      }
  })

  it('is the identity on lines that are spelled so, in chunks of any size', () => {
    const source = decoder.decode(readVector('real_shards/ledger.part0000.jsonl'))
    const lines = source.trimEnd().split('\n')
    for (const chunkBytes of [1, 7, 64, 4096])
      expect(join(source, chunkBytes).map((record) => (record as string[])[0])).toEqual(lines)
  })

  it('changes no value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 40 }), (value, chunkBytes) => {
        const [record] = join(JSON.stringify([value], null, 3), chunkBytes)
        const result = parse(encoder.encode((record as string[])[0]))
        expect(result.ok && formatNode(result.root, 'plain')).toEqual({ ok: true, text: JSON.stringify([value]) })
      }),
    )
  })
})
