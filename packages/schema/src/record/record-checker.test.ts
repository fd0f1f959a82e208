// Verify over records: what the form of a line gives away in any family, and the rules over several lines.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, checkLine, errorOf, ledger, sealDraft, timeMs } from '../../test/line-desk.ts'
import { tallyFormat } from '../../test/tally-format.ts'
import type { LineVerdict } from '../contract.ts'
import { recordSchema } from './record-schema.ts'

const tally = recordSchema(tallyFormat)
const id = 'a'.repeat(32)
const good = { count: 1, weight: 2.5, note: null }
const line = sealDraft(tally, { type: 'tallied', id, data: good })

function lineOf(count: number, identity: string): string {
  return sealDraft(tally, { type: 'tallied', id: identity, data: { ...good, count } })
}

function codesOf({ findings }: LineVerdict): string[] {
  return findings.map(({ severity, code, path }) => [severity, code, path].filter(Boolean).join(' '))
}

describe('the form of a line', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  const cases: { name: string; input: string | Uint8Array; want: string[] }[] = [
    { name: 'a good line', input: line, want: [] },
    { name: 'invalid UTF-8', input: Uint8Array.of(0x7b, 0xff, 0x7d), want: ['E invalid-utf8'] },
    { name: 'a byte order mark', input: `\ufeff${line}`, want: ['E bom'] },
    { name: 'NUL bytes', input: `\0\0${line}`, want: ['E nul-bytes'] },
    { name: 'a torn line', input: line.slice(0, -9), want: ['E json-invalid'] },
    { name: 'two records', input: line + line, want: ['E glued-records'] },
    { name: 'a list', input: '[]', want: ['E not-an-object'] },
    { name: 'too deep', input: line.replace('null', nested(999)), want: ['E too-deep'] },
    { name: 'too many digits', input: line.replace('2.5', '9'.repeat(4301)), want: ['E number-too-long'] },
    { name: 'CR LF', input: `${line}\r`, want: ['W crlf'] },
    { name: 'a blank too many', input: line.replace(': ', ':  '), want: ['I not-canonical'] },
    {
      name: 'a repeated key',
      input: line.replace('"note": null', '"note": 1, "note": null'),
      want: ['E duplicate-key /data/note', 'I not-canonical'],
    },
    {
      name: 'half a surrogate pair, which has no text to be hashed',
      input: line.replace('null', '"\\ud800"'),
      want: ['W lone-surrogate /data/note', 'E hash-mismatch /hash'],
    },
    { name: 'NaN, which this family does not read', input: line.replace('2.5', 'NaN'), want: ['E json-invalid'] },
    {
      name: 'no payload to be found',
      input: line.replace('"data"', '"date"'),
      want: ['E hash-mismatch /hash'],
    },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      expect(codesOf(checkLine(tally, input, 'lines'))).toEqual(want)
      const verdict = checkLine(tally, input)
      expect(codesOf(verdict).slice(0, want.length)).toEqual(want)
    })

  it('never lets a changed byte pass where the family has a hash', () => {
    const bytes = bytesOf(line)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = bytes.slice()
        changed[at] = changed[at]! ^ difference
        expect(checkLine(tally, changed, 'lines').findings).not.toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('shows every truncation', () => {
    const bytes = bytesOf(line)
    for (let end = 0; end < bytes.length; end++)
      expect(codesOf(checkLine(tally, bytes.subarray(0, end), 'lines')).join()).toMatch(/^E /)
  })

  it('says if a family has no words for a record that it cannot read', () => {
    const silent = recordSchema({
      ...tallyFormat,
      judgeRecord: () => ({ breaches: [], variant: undefined }),
    })
    expect(codesOf(checkLine(silent, '{}'))).toEqual(['E record-unreadable'])
    expect(errorOf(() => silent.decode(bytesOf('{}'))).code).toBe('EVENT_INVALID')
    expect(silent.eventIdOf(bytesOf('{}'))).toBeUndefined()
    expect(silent.timeMsOf(bytesOf('[]'))).toBeUndefined()
  })
})

describe('payloads', () => {
  const older = line.replace('"version": 2', '"version": 1')
  const cases = [
    { name: 'of an older version fit that one', input: older.replace(/, "note": null, "weight": 2.5/, ''), want: [] },
    {
      name: 'of a version to come are not judged',
      input: line.replace('"version": 2', '"version": 3'),
      want: ['I event-version-unknown /version'],
    },
    {
      name: 'of an unknown type are not judged',
      input: line.replace('tallied', 'told'),
      want: ['I unknown-event-type'],
    },
    { name: 'that do not fit', input: line.replace('2.5', '"x"'), want: ['E payload-invalid /data/weight'] },
    { name: 'whose number is spelled otherwise', input: line.replace('2.5', '2'), want: [] },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const found = codesOf(checkLine(tally, input)).filter((finding) => !finding.includes('hash-mismatch'))
      expect(found).toEqual(want)
    })

  it('are as bad as the family says', () => {
    const tolerant = recordSchema({ ...tallyFormat, payloadSeverity: 'W' })
    expect(codesOf(checkLine(tolerant, line.replace('2.5', '"x"')))).toContain('W payload-invalid /data/weight')
  })
})

describe('rules', () => {
  it('are told with line and offset, each line taken in right or wrong', () => {
    const checker = tally.openChecker({ ledger })
    const texts = [lineOf(5, id), lineOf(4, 'b'.repeat(32)), lineOf(5, id), lineOf(6, 'c'.repeat(32))]
    const found = texts.flatMap((each, i) => checker.check(bytesOf(each), { line: i + 1, offset: i * 100 }).findings)
    expect(found.map(({ code, rule, line: at, offset, path }) => [code, rule, at, offset, path])).toEqual([
      ['count-not-growing', 'T1_GROWS', 2, 100, '/data/count'],
      ['duplicate-event-id', undefined, 3, 200, '/id'],
    ])
    expect(checker.finish()).toEqual([])
  })

  it('are left out at level lines', () => {
    const checker = tally.openChecker({ ledger, level: 'lines' })
    for (const count of [5, 4])
      expect(checker.check(bytesOf(lineOf(count, id)), { line: 1, offset: 0 }).findings).toEqual([])
    expect(checker.finish()).toEqual([])
  })

  it('leave repeated identities to a family that has its own rule for them', () => {
    const own = recordSchema({ ...tallyFormat, hasIdentityRule: true }).openChecker({ ledger })
    for (const count of [1, 2])
      expect(own.check(bytesOf(lineOf(count, id)), { line: 1, offset: 0 }).findings).toEqual([])
  })
})

describe('rules at admission', () => {
  const admit = (count: number): ReturnType<ReturnType<typeof tally.openWriter>['admit']> =>
    tally.openWriter({ ledger }).admit(bytesOf(tally.encodeDraft({ type: 'tallied', id, data: { ...good, count } })))

  it('settle the time that is sealed', () => {
    const turn = tally.openRules!({ ledger }).take(admit(1), { seq: 7, timeMs })
    expect(turn.stamp).toEqual({ seq: 7, timeMs: timeMs + 1 })
  })

  it('refuse with the rule, having changed nothing', () => {
    const rules = tally.openRules!({ ledger })
    rules.replay(bytesOf('no record at all'))
    rules.replay(bytesOf(lineOf(5, id)))
    const refused = errorOf(() => rules.take(admit(5), { seq: 2, timeMs }))
    expect(refused).toMatchObject({
      code: 'INVARIANT_VIOLATED',
      details: { rule: 'T1_GROWS', code: 'count-not-growing' },
    })
    rules.take(admit(6), { seq: 2, timeMs })
  })

  it('forget in the reverse order what is undone', () => {
    const rules = tally.openRules!({ ledger })
    const undos = [1, 2, 3].map((count, seq) => rules.take(admit(count), { seq, timeMs }).undo)
    expect(errorOf(() => rules.take(admit(4), { seq: 3, timeMs })).details).toMatchObject({ rule: 'tally-full' })
    for (const undo of undos.reverse()) undo()
    expect(rules.take(admit(1), { seq: 0, timeMs }).stamp.seq).toBe(0)
  })
})
