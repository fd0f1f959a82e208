import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planForFragment, planWithoutHead, type RepairPlan } from './repair-plan.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

/** What the file ends with once the plan was carried out, the way the storage does it. */
function carriedOut(plan: RepairPlan, content: Buffer): string {
  if (plan.verdict !== 'repairable') return content.toString('latin1')
  const { offset, kept } = plan.cut
  const end = content.subarray(offset, offset + kept.length).toString('latin1')
  return `${content.subarray(0, offset).toString('latin1')}${end}${kept.needsLineFeed ? '\n' : ''}`
}

describe('a file that ledgerd never wrote', () => {
  const table: readonly { name: string; fragment: string; want: string; reason?: string }[] = [
    { name: 'nothing behind the last LF', fragment: '', want: '' },
    { name: 'a whole record', fragment: '{"a": 1}', want: '{"a": 1}\n', reason: 'unterminated-line' },
    { name: 'a whole record and CR', fragment: '{"a": 1}\r', want: '{"a": 1}\r\n', reason: 'unterminated-line' },
    {
      name: 'a record with NaN, as Python writes it',
      fragment: '{"a": NaN}',
      want: '{"a": NaN}\n',
      reason: 'unterminated-line',
    },
    { name: 'half a record', fragment: '{"a": "b', want: '', reason: 'torn-tail' },
    { name: 'NUL bytes', fragment: '\0\0\0', want: '', reason: 'torn-tail' },
    { name: 'a whole record and NUL bytes', fragment: '{"a": 1}\0\0', want: '', reason: 'torn-tail' },
    { name: 'a number, which may go on', fragment: '12', want: '', reason: 'torn-tail' },
    { name: 'spaces', fragment: '  ', want: '', reason: 'torn-tail' },
  ]
  for (const { name, fragment, want, reason } of table)
    it(name, () => {
      const plan = planForFragment(bytes(fragment), 4)
      expect(carriedOut(plan, bytes(`{}\r\n${fragment}`))).toBe(`{}\r\n${want}`)
      expect(plan.verdict === 'repairable' ? plan.cut.kept.reason : undefined).toBe(reason)
    })
})

describe('a known ledger without its head record', () => {
  const table: readonly { name: string; region: string; want: string }[] = [
    { name: 'whole lines', region: '{}\n{}\n', want: '{}\n{}\n' },
    { name: 'a torn last line', region: '{}\n{"a', want: '{}\n' },
    { name: 'a last line without LF', region: '{}\n{"a": 1}', want: '{}\n{"a": 1}\n' },
    { name: 'a line of NUL bytes at the end', region: '{}\n\0\0\0\n', want: '{}\n' },
    { name: 'several lines of nothing at the end', region: '{}\n\0\n{"a\n x\n\0', want: '{}\n' },
    { name: 'blank lines at the end', region: '{}\n\n \r\n', want: '{}\n\n \r\n' },
    { name: 'blank lines between', region: '{}\n\n{}\n', want: '{}\n\n{}\n' },
    { name: 'nothing but a torn line', region: '{"a', want: '' },
    { name: 'nothing', region: '', want: '' },
    { name: 'a whole line behind a torn one', region: '{}\n{"a\n{}\n', want: 'damaged' },
    { name: 'a whole last line without LF behind a torn one', region: '{}\n{"a\n{}', want: 'damaged' },
  ]
  for (const { name, region, want } of table)
    it(name, () => {
      const plan = planWithoutHead(bytes(region), 0)
      expect(plan.verdict === 'damaged' ? 'damaged' : carriedOut(plan, bytes(region))).toBe(want)
    })

  it('never loses a whole record, and is content with what it left', () => {
    const part = fc.constantFrom('{}', '{"a": [1]}', '{"a', '\0\0', '', ' ', 'x', '[1]', '\n', '\n', '\n')
    const verdicts = { nothing: 0, repairable: 0, damaged: 0, unfinished: 0 }
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const region = bytes(parts.join(''))
        const plan = planWithoutHead(region, 0)
        verdicts[plan.verdict]++
        const after = carriedOut(plan, region)
        const records = (text: string): string[] =>
          text.split('\n').filter((line) => /^ *\{("a": \[1\])?\} *$/.test(line))
        expect(records(after)).toEqual(records(region.toString('latin1')))
        if (plan.verdict === 'repairable') expect(planWithoutHead(bytes(after), 0).verdict).toBe('nothing')
      }),
      { numRuns: 500 },
    )
    expect(Math.min(verdicts.nothing, verdicts.repairable, verdicts.damaged)).toBeGreaterThan(3)
  })
})
