import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportedLedger, readVector } from '../conformance/build-desk.ts'
import { parseBuildState, withOrderingLedger } from './build-state.ts'
import { emptyOrderingLedger } from './ordering-ledger.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const full = readVector('build_state.3_full.json')

describe('reading a build state', () => {
  it('finds the ledger and the stage', () => {
    const { ledger, stage, findings, orderingLedger } = parseBuildState(full)
    expect([ledger, stage, findings]).toEqual([exportedLedger, 'stage2', []])
    expect(orderingLedger).toEqual(exportedLedger)
  })

  const cases: {
    name: string
    input: string | Uint8Array
    want: readonly (readonly [code: string, path: string])[]
  }[] = [
    { name: 'no ledger', input: '{"stage":"stage2"}', want: [['ledger-missing', '/orderingLedger']] },
    { name: 'a ledger that is null', input: '{"orderingLedger":null}', want: [['ledger-missing', '/orderingLedger']] },
    {
      name: 'seeds that are a list',
      input: '{"orderingLedger":{"schemaVersion":1,"seeds":[]}}',
      want: [['shape-invalid', '/orderingLedger/seeds']],
    },
    { name: 'nothing at all', input: '', want: [['json-invalid', '']] },
    { name: 'no JSON', input: 'build', want: [['json-invalid', '']] },
    { name: 'a file that was cut', input: full.subarray(0, 900), want: [['json-invalid', '']] },
    { name: 'a list', input: '[]', want: [['not-an-object', '']] },
    { name: 'a byte order mark', input: '\ufeff{}', want: [['bom', '']] },
    { name: 'two documents', input: '{}{}', want: [['glued-records', '']] },
    { name: 'NUL bytes', input: '{"a":1}\0', want: [['nul-bytes', '']] },
    {
      name: 'a byte that is no UTF-8',
      input: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
      want: [['invalid-utf8', '']],
    },
    {
      name: 'two ledgers',
      input: '{"orderingLedger":{"schemaVersion":1},"orderingLedger":null}',
      want: [
        ['duplicate-key', '/orderingLedger'],
        ['ledger-missing', '/orderingLedger'],
      ],
    },
  ]
  for (const { name, input, want } of cases)
    it(`says what is wrong with ${name}`, () => {
      const { ledger, findings } = parseBuildState(typeof input === 'string' ? encoder.encode(input) : input)
      expect(findings.map(({ code, path }) => [code, path])).toEqual(want)
      if (want[0]?.[0] !== 'shape-invalid') expect(ledger).toBeUndefined()
    })

  it('does not read what is over the cap', () => {
    const { ledger, findings } = parseBuildState(full, { bytesMax: full.length - 1 })
    expect([ledger, findings]).toMatchObject([undefined, [{ code: 'file-too-large', severity: 'E' }]])
    expect(parseBuildState(full, { bytesMax: full.length }).findings).toEqual([])
  })

  it('takes every truncation for damage', () => {
    for (let end = 0; end < full.length - 1; end++)
      expect([end, parseBuildState(full.subarray(0, end)).findings.map(({ code }) => code)]).toEqual([
        end,
        ['json-invalid'],
      ])
  })
})

describe('writing the ledger into a build state', () => {
  const cases: { name: string; input: string; want: string }[] = [
    { name: 'an empty object', input: '{ }\n', want: '{"orderingLedger":@ }\n' },
    { name: 'no ledger yet', input: '{"a": 1.0}', want: '{"a": 1.0,"orderingLedger":@}' },
    {
      name: 'lexemes that no parser keeps',
      input: '{ "n": 10000000000000000000001, "orderingLedger" : null , "f":1.50,\r\n"e":1E5, "s":"\\u00e9\\/"}',
      want: '{ "n": 10000000000000000000001, "orderingLedger" : @ , "f":1.50,\r\n"e":1E5, "s":"\\u00e9\\/"}',
    },
    {
      name: 'a nested member of that name',
      input: '{"x":{"orderingLedger":1}}',
      want: '{"x":{"orderingLedger":1},"orderingLedger":@}',
    },
  ]
  for (const { name, input, want } of cases)
    it(`keeps every other byte: ${name}`, () => {
      const text = JSON.stringify(exportedLedger)
      expect(decoder.decode(withOrderingLedger(encoder.encode(input), exportedLedger))).toBe(
        want.replace('@', () => text),
      )
    })

  it('changes no byte when the ledger is the same', () => {
    expect(withOrderingLedger(full, exportedLedger)).toEqual(full)
    const emptied = withOrderingLedger(full, emptyOrderingLedger)
    expect(withOrderingLedger(emptied, exportedLedger)).toEqual(full)
  })

  it('is what reading gives back, in any object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' })),
        fc.nat(4),
        (state, indent) => {
          const bytes = encoder.encode(JSON.stringify(state, undefined, indent))
          const { ledger } = parseBuildState(withOrderingLedger(bytes, exportedLedger))
          expect(ledger).toEqual(exportedLedger)
        },
      ),
    )
  })
})
