import { describe, expect, it } from 'vitest'
import { wholeBodyFlaw } from './whole-body.ts'

const draft = '{"type":"t","data":{"a":[{}]}}'
const pretty = JSON.stringify(JSON.parse(draft), undefined, 2)
const list = `[${draft},${draft}]`
const prettyList = JSON.stringify([JSON.parse(draft), JSON.parse(draft)], undefined, 2)
const flawOf = (text: string) => {
  const lineCount = text.split('\n').filter((line) => line.trim() !== '').length
  return wholeBodyFlaw(Buffer.from(text), { lineCount, depthMax: 6 })
}

describe('wholeBodyFlaw', () => {
  it.each([
    { name: 'an object over several lines', body: pretty, says: 'jq -c .' },
    { name: 'the same with CR LF', body: pretty.replaceAll('\n', '\r\n'), says: 'jq -c .' },
    { name: 'several objects over several lines', body: `${pretty}\n${pretty}\n`, says: 'jq -c .' },
    { name: 'one behind blank lines', body: `\r\n\n${pretty}\n\n${draft}`, says: 'jq -c .' },
    { name: 'an array on one line', body: list, says: "jq -c '.[]'" },
    { name: 'an array, a draft per line', body: `[${draft},\n${draft}]\n`, says: "jq -c '.[]'" },
    { name: 'an array over many lines', body: prettyList, says: "jq -c '.[]'" },
    { name: 'an array with a repeated key', body: '[{"a":1,"a":2}]', says: "jq -c '.[]'" },
  ])('$name is no NDJSON', ({ body, says }) => {
    const flaw = flawOf(body)
    expect(flaw).toMatchObject({ code: 'REQUEST_INVALID', outcome: 'absent' })
    expect(flaw?.message).toContain('NDJSON, one draft per line')
    expect(flaw?.message).toContain(`${says} `)
  })

  it.each([
    { name: 'drafts glued', body: draft + draft, offset: draft.length },
    { name: 'drafts glued on a later line', body: `\n \n${draft} ${draft}\r\n`, offset: draft.length + 1 },
  ])('$name are refused as the engine does, and curl is named', ({ body, offset }) => {
    const flaw = flawOf(body)
    expect(flaw).toMatchObject({ code: 'VALUE_REFUSED', details: { reason: 'glued-records', offset } })
    expect(flaw?.message).toContain(`byte ${offset}`)
    expect(flaw?.message).toContain('--data-binary')
  })

  it.each([
    { name: 'one object on its line', body: '\n{"x":1}\n' },
    { name: 'objects, each on its line', body: '{"x":1}\n{"x":2}' },
    { name: 'objects glued on several lines', body: '{"x":1}{"x":2}\n{"x":3}' },
    { name: 'a line, then an object over several', body: `${draft}\n${pretty}` },
    { name: 'an empty array', body: '[\n]' },
    { name: 'a value', body: '\n"text"\n' },
    { name: 'no JSON', body: 'hello\nworld' },
    { name: 'half an object', body: pretty.slice(0, -1) },
    { name: 'a byte order mark', body: `\ufeff${pretty}` },
    { name: 'nested too deep', body: `[\n${'['.repeat(6)}${']'.repeat(6)}\n]` },
  ])('$name is for each line to answer', ({ body }) => {
    expect(flawOf(body)).toBeUndefined()
  })
})
