import { describe, expect, it } from 'vitest'
import { draftLines } from './draft-lines.ts'

const options = {
  ledger: 'w',
  depthMax: 64,
  linesMax: 3,
  makeEventId: () => 'made',
  deriveEventId: (ledger: string, key: string) => `${ledger}+${key}`,
}
const text = (body: string): string => Buffer.from(draftLines(Buffer.from(body), options).drafts).toString()

describe('draftLines', () => {
  it.each([
    { name: 'an id is kept', line: '{"type":"t","data":{},"id":"x"}', want: '{"data": {}, "id": "x", "type": "t"}' },
    {
      name: 'a key becomes one',
      line: '{"key":"k","type":"t","data":{}}',
      want: '{"data": {}, "id": "w+k", "type": "t"}',
    },
    { name: 'none is made', line: '{"type":"t","data":1e400}', want: '{"type":"t","data":1e400}' },
    {
      name: 'without both',
      line: '{"data":{"n":1.50},"type":"t"}',
      want: '{"data": {"n":1.50}, "id": "made", "type": "t"}',
    },
    {
      name: 'an escaped name',
      line: '{"d\\u0061ta":[],"type":"t","link":null}',
      want: '{"data": [], "id": "made", "link": null, "type": "t"}',
    },
    {
      name: 'an id with quotes',
      line: '{"data":1,"id":"a\\"b","type":"t"}',
      want: '{"data": 1, "id": "a\\"b", "type": "t"}',
    },
    { name: 'with a key alone', line: '{"key":"k","type":"t"}', want: '{"id": "w+k", "type": "t"}' },
    { name: 'CR LF', line: '{"data":1,"type":"t"}\r', want: '{"data": 1, "id": "made", "type": "t"}' },
  ])('$name', ({ line, want }) => {
    expect(text(line)).toBe(`${want}\n`)
  })

  it.each([
    'nope',
    '[]',
    '{"data":1',
    '{"data":1,"data":2,"type":"t"}',
    '{"data":1,"type":"t","x":1}',
    '{"id":1,"data":1}',
    '{"key":1,"data":1}',
    '{"id":"a","key":"b","data":1}',
    '{"data":NaN}',
    `{"data":${'['.repeat(10_000)}`,
  ])('leaves to the engine what is no draft: %s', (line) => {
    expect(text(line)).toBe(`${line}\n`)
  })

  it.each([
    { name: 'a draft among lines that are none', body: '[\n{"type":"t","data":1}\n]', want: true },
    { name: 'objects that lack what a draft has', body: '{}\n{"type":"t"}\n{"data":1}', want: false },
    { name: 'an array of drafts', body: '[{"type":"t","data":1}]', want: false },
    { name: 'a draft with a repeated key', body: '{"type":"t","data":{"a":1,"a":2}}', want: false },
  ])('says of $name whether there is a draft', ({ body, want }) => {
    expect(draftLines(Buffer.from(body), options).hasDraft).toBe(want)
  })

  it('passes over blank lines and counts the others', () => {
    expect(draftLines(Buffer.from('\n{}\r\n \t\n{}'), options).count).toBe(2)
  })

  it.each([
    { name: 'no draft', body: '\n\n', code: 'REQUEST_INVALID' },
    { name: 'one too many', body: '{}\n{}\n{}\n{}', code: 'BATCH_TOO_LARGE' },
  ])('refuses $name', ({ body, code }) => {
    expect(() => draftLines(Buffer.from(body), options)).toThrow(code)
  })
})
