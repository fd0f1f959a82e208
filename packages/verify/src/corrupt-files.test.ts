// Every damaged file of the world-events family gets the verdict that formats.md prescribes.
import { describe, expect, it } from 'vitest'
import { codesAt, readVector, verifyBytes } from '../test/fixture-ledger.ts'

describe('damaged files', () => {
  const bitflips = [
    ['01', 'checksum-mismatch@42'],
    ['03', 'checksum-mismatch@24'],
    ['05', 'json-invalid@3'],
    ['07', 'json-invalid@6'],
    ['09', 'json-invalid@15'],
    ['11', 'checksum-mismatch@4'],
    ['13', 'checksum-mismatch@27'],
    ['15', 'checksum-mismatch@7'],
    // The flip made a hex digit of the checksum a `k`.
    ['17', 'checksum-format@37', 'checksum-mismatch@37'],
    ['19', 'invalid-utf8@50'],
    ['21', 'checksum-mismatch@20'],
    ['23', 'invalid-utf8@37'],
    ['25', 'checksum-mismatch@19', 'missing-field@19'],
    ['27', 'checksum-mismatch@11'],
    ['29', 'checksum-mismatch@3'],
    ['31', 'invalid-utf8@22'],
    ['33', 'checksum-mismatch@5', 'timestamp-invalid@5'],
    ['35', 'invalid-utf8@4'],
    ['37', 'checksum-mismatch@57'],
    ['39', 'invalid-utf8@40'],
  ].map(([number, ...want]) => ({ name: `bitflip_${number}`, want }))
  const table: readonly { name: string; want: string[]; status?: string }[] = [
    ...bitflips,
    { name: 'clean', want: [] },
    { name: 'torn_tail_mid', want: ['torn-tail@61'] },
    { name: 'torn_tail_mid_utf8', want: ['torn-tail@61'] },
    { name: 'glued_two_complete', want: ['glued-records@60'] },
    { name: 'zero_hole_middle', want: ['nul-bytes@31'] },
    { name: 'bom', want: ['bom@1'] },
    { name: 'latin1_byte', want: ['invalid-utf8@13'] },
    { name: 'utf8_surrogate_cesu', want: ['invalid-utf8@13'] },
    { name: 'array_line', want: ['not-an-object@31'] },
    { name: 'uppercase_hex', want: ['checksum-format@31'] },
    { name: 'dup_checksum_key', want: ['duplicate-key@31'] },
    { name: 'duplicate_line', want: ['duplicate-event-id@32'] },
    { name: 'foreign_world_line', want: ['world-mismatch@31'] },
    { name: 'ascii_escaped', want: [] },
    { name: 'whitespace_changed', want: [] },
    { name: 'number_exponent', want: [] },
    { name: 'number_more_digits_same_double', want: [] },
    { name: 'spaces_only_tail', want: [] },
    { name: 'only_newlines', want: [], status: 'empty' },
    { name: 'delete_first', want: [] },
    { name: 'edit_field_rechecksummed', want: [] },
  ]
  for (const { name, want, status } of table) {
    it(name, async () => {
      const report = await verifyBytes(readVector(`corrupt/${name}.jsonl`), { level: 'schema' })
      expect(codesAt(report, 'E')).toEqual(want)
      expect(report.status).toBe(status ?? (want.length === 0 ? 'ok' : 'corrupt'))
      expect(report.lastEventId === null).toBe(report.status !== 'ok')
    })
  }
})

describe('tolerated spellings are said, too', () => {
  const table = [
    { name: 'ascii_escaped', want: 'not-canonical@31' },
    { name: 'whitespace_changed', want: 'not-canonical@31' },
    { name: 'number_exponent', want: 'not-canonical@2' },
    { name: 'number_more_digits_same_double', want: 'not-canonical@2' },
    { name: 'spaces_only_tail', want: 'blank-line@61' },
    { name: 'delete_first', want: 'orphan-translation@1' },
  ]
  for (const { name, want } of table) {
    it(name, async () => {
      const report = await verifyBytes(readVector(`corrupt/${name}.jsonl`), { level: 'schema' })
      expect(codesAt(report, 'WI')).toContain(want)
    })
  }
})

describe('last lines', () => {
  const table: readonly { name: string; ledger: string; want: string[] }[] = [
    { name: 'ls_2028', ledger: 'ls_2028', want: [] },
    { name: 'nel_0085', ledger: 'nel_0085', want: [] },
    { name: 'del_7f', ledger: 'del_7f', want: [] },
    { name: 'big_20k', ledger: 'big_20k', want: [] },
    { name: 'fffd_trick', ledger: 'tmp', want: ['invalid-utf8@1'] },
    { name: 'hugeint_last', ledger: 'tmp', want: ['number-too-long@1'] },
    { name: 'surrogate_escape_last', ledger: 'tmp', want: ['checksum-mismatch@1'] },
    { name: 'no_newline', ledger: 'tmp', want: ['glued-records@1'] },
    { name: 'torn', ledger: 'torn', want: ['json-invalid@1'] },
  ]
  for (const { name, ledger, want } of table) {
    it(name, async () => {
      const report = await verifyBytes(readVector(`tail/${name}.jsonl`), { ledger })
      expect(codesAt(report, 'E')).toEqual(want)
    })
  }
})

describe('real files', () => {
  const table = [
    { name: 'live/daily_undertaking.jsonl', ledger: 'daily_undertaking', lines: 800 },
    { name: 'live/pipeworks_web.jsonl', ledger: 'pipeworks_web', lines: 155 },
    { name: 'concurrent/race.jsonl', ledger: 'race', lines: 600 },
  ]
  for (const { name, ledger, lines } of table) {
    it(name, async () => {
      const report = await verifyBytes(readVector(name), { ledger, level: 'schema' })
      expect(report).toMatchObject({ status: 'ok', lines, counts: { E: 0 }, coverage: 'full' })
      expect(Object.values(report.variants).reduce((sum, count) => sum + count)).toBe(lines)
      expect(report.levels).toMatchObject({
        tail: { state: 'ok' },
        lines: { state: 'ok' },
        tree: { state: 'not-checked' },
        schema: { state: 'ok' },
        signed: { state: 'not-checked' },
      })
    })
  }
})
