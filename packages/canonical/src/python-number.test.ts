import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonFloat, pythonLexeme } from './python-number.ts'

describe('pythonFloat', () => {
  it.each([
    { value: 0, want: '0.0' },
    { value: -0, want: '-0.0' },
    { value: 1, want: '1.0' },
    { value: 0.0001, want: '0.0001' },
    { value: 0.00009999999999999999, want: '9.999999999999999e-05' },
    { value: 0.00001, want: '1e-05' },
    { value: 0.0000123, want: '1.23e-05' },
    { value: -1.5e-7, want: '-1.5e-07' },
    { value: 5e-324, want: '5e-324' },
    { value: 9999999999999998, want: '9999999999999998.0' },
    { value: 1e16, want: '1e+16' },
    { value: -12345678901234567000, want: '-1.2345678901234567e+19' },
    { value: 1e21, want: '1e+21' },
    { value: 1e22, want: '1e+22' },
    { value: Number.MAX_VALUE, want: '1.7976931348623157e+308' },
    { value: Number.NaN, want: 'NaN' },
    { value: -Infinity, want: '-Infinity' },
  ])('$want', ({ value, want }) => expect(pythonFloat(value)).toBe(want))

  it('matches the vectors', () => {
    const rows = readFileSync(new URL('../vectors/python_float_repr.jsonl', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n')
    const view = new DataView(new ArrayBuffer(8))
    for (const row of rows) {
      const { bits, py } = JSON.parse(row) as { bits: string; py: string }
      view.setBigUint64(0, BigInt(`0x${bits}`))
      expect(pythonFloat(view.getFloat64(0))).toBe(py)
    }
    expect(rows).toHaveLength(4885)
  })

  it('reads back to the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(pythonFloat(value))).toBe(value)
      }),
    )
  })
})

describe('pythonLexeme', () => {
  it.each([
    { lexeme: '-0', want: '0' },
    { lexeme: '-0.0', want: '-0.0' },
    { lexeme: '123456789012345678901234567890', want: '123456789012345678901234567890' },
    { lexeme: '1E2', want: '100.0' },
    { lexeme: '-1e400', want: '-Infinity' },
    { lexeme: '1e-400', want: '0.0' },
  ])('$lexeme', ({ lexeme, want }) => expect(pythonLexeme(lexeme)).toBe(want))
})

const python = spawnSync('python3', ['--version']).status === 0

// Skipped, and shown as skipped, where python3 is missing: the vectors above hold its answers.
describe.skipIf(!python)('pythonFloat beside Python (needs python3)', () => {
  it('prints what repr prints', () => {
    const values = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 5000)
    const program =
      'import json,struct,sys\nfor l in sys.stdin: print(json.dumps(struct.unpack(">d",bytes.fromhex(l))[0]))'
    const input = values.map((value) => {
      const view = new DataView(new ArrayBuffer(8))
      view.setFloat64(0, value)
      return view.getBigUint64(0).toString(16).padStart(16, '0')
    })
    const run = spawnSync('python3', ['-c', program], { input: input.join('\n'), encoding: 'utf8' })
    expect(values.map(pythonFloat)).toEqual(run.stdout.trimEnd().split('\n'))
  })
})
