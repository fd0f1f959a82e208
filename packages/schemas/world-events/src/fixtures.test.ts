// Files of the original software and files made to be difficult: every line has the verdict its expectations state.
import { describe, expect, it } from 'vitest'
import { brief, checkFile, readVector, readVectorLines } from '../conformance/check-file.ts'

describe('files of the original software', () => {
  const cases = [
    {
      name: 'live/daily_undertaking.jsonl',
      lines: 800,
      python: 671,
      both: 129,
      warnings: ['state-gap@152', 'state-gap@152', 'state-gap@584'],
    },
    { name: 'live/pipeworks_web.jsonl', lines: 155, python: 129, both: 26, warnings: [] },
    {
      name: 'concurrent/race.jsonl',
      lines: 600,
      python: 591,
      both: 9,
      warnings: Array.from({ length: 600 }, (_, i) => `payload-invalid@${i + 1}`),
    },
  ]
  for (const { name, lines, python, both, warnings } of cases)
    it(name, () => {
      const check = checkFile(name, name.replace('.jsonl', ''))
      expect(check.lines).toBe(lines)
      expect(Object.fromEntries(check.variants)).toEqual({ python, both })
      expect(brief(check.findings, 'E')).toEqual([])
      expect([...new Set(brief(check.findings, 'WI'))]).toEqual([...new Set(warnings)])
      expect(brief(check.findings, 'WI')).toHaveLength(warnings.length)
    })

  it('names the characters whose state has a gap', () => {
    const { findings } = checkFile('live/daily_undertaking.jsonl', 'daily_undertaking')
    expect(findings.map((finding) => finding.path)).toEqual([
      ...['/data/axis_snapshot_before/10', '/data/axis_snapshot_before/99', '/data/axis_snapshot_before/11'],
    ])
  })

  it('says nothing about history at level lines', () => {
    const check = checkFile('live/daily_undertaking.jsonl', 'daily_undertaking', 'lines')
    expect(check.findings).toEqual([])
    expect(Object.fromEntries(check.variants)).toEqual({ python: 671, both: 129 })
  })
})

interface Expectation {
  readonly line: number
  readonly src_ok: boolean
  readonly doc_ok: boolean
  readonly event_id: string
  readonly note: string
}

function readExpectations(name: string): Expectation[] {
  const text = new TextDecoder().decode(readVector(`adversarial/${name}.jsonl.expect.jsonl`))
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Expectation)
}

function variantOf({ src_ok, doc_ok }: Expectation): string | undefined {
  if (src_ok && doc_ok) return 'both'
  return src_ok ? 'python' : doc_ok ? 'python-ascii' : undefined
}

describe('adversarial files', () => {
  const spelled = Array.from({ length: 821 }, (_, i) => `not-canonical@${i + 1}`)
  const odd = ['non-finite-number@21', 'non-finite-number@22', 'non-finite-number@32', 'duplicate-key@36']
  const twoInfinities = ['non-finite-number@62', 'non-finite-number@62']
  const cases = [
    { name: 'src_flavour', world: 'src_flavour', want: twoInfinities },
    // 820 and 821 hold half a surrogate pair, so there is no python text they could be compared with.
    {
      name: 'doc_flavour',
      world: 'src_flavour',
      want: [...spelled.slice(0, 819), ...twoInfinities, 'lone-surrogate@820', 'lone-surrogate@821'],
    },
    { name: 'doc_flavour_rawutf8_ondisk', world: 'src_flavour', want: twoInfinities },
    { name: 'doc_flavour_compact_ondisk', world: 'src_flavour', want: [...spelled.slice(0, 819), ...twoInfinities] },
    { name: 'noncanonical_valid_src', world: 'noncanonical', want: [...spelled.slice(0, 39), ...odd] },
    { name: 'noncanonical_valid_doc', world: 'noncanonical', want: [...spelled.slice(0, 39), ...odd] },
  ]
  for (const { name, world, want } of cases)
    it(name, () => {
      const check = checkFile(`adversarial/${name}.jsonl`, world)
      const expectations = readExpectations(name)
      expect(check.verdicts).toEqual(
        expectations.map((row) => ({ line: row.line, variant: variantOf(row), eventId: row.event_id })),
      )
      const found = brief(check.findings, 'EWI').filter((entry) => !entry.startsWith('unknown-event-type'))
      expect([...found].sort()).toEqual([...want].sort())
    })
})

describe('corrupt files', () => {
  const manifest = JSON.parse(new TextDecoder().decode(readVector('corrupt/MANIFEST.json'))) as {
    readonly file: string
    readonly lines: number
    readonly lines_failing_checksum: readonly number[]
  }[]
  const flips: Readonly<Record<string, string>> = {
    ...Object.fromEntries(['19', '23', '31', '35', '39'].map((flip) => [flip, 'invalid-utf8'])),
    ...Object.fromEntries(['05', '07', '09'].map((flip) => [flip, 'json-invalid'])),
  }
  const errors: Readonly<Record<string, readonly string[]>> = {
    // Torn tails are not whole lines; the splitter holds them back.
    'torn_tail_mid.jsonl': [],
    'torn_tail_mid_utf8.jsonl': [],
    'glued_two_complete.jsonl': ['glued-records@60'],
    'zero_hole_middle.jsonl': ['nul-bytes@31'],
    'bom.jsonl': ['bom@1'],
    'latin1_byte.jsonl': ['invalid-utf8@13'],
    'utf8_surrogate_cesu.jsonl': ['invalid-utf8@13'],
    'array_line.jsonl': ['not-an-object@31'],
    'uppercase_hex.jsonl': ['checksum-format@31'],
    'dup_checksum_key.jsonl': ['duplicate-key@31'],
    'duplicate_line.jsonl': ['duplicate-event-id@32'],
    'foreign_world_line.jsonl': ['world-mismatch@31'],
    'bitflip_25.jsonl': ['checksum-mismatch@19', 'missing-field@19'],
    // The flips of these hit a field that has a finding of its own.
    'bitflip_17.jsonl': ['checksum-format@37', 'checksum-mismatch@37'],
    'bitflip_33.jsonl': ['checksum-mismatch@5', 'timestamp-invalid@5'],
  }
  const notes: Readonly<Record<string, readonly string[]>> = {
    'ascii_escaped.jsonl': ['not-canonical@31'],
    'whitespace_changed.jsonl': ['not-canonical@31'],
    'number_exponent.jsonl': ['not-canonical@2'],
    'number_more_digits_same_double.jsonl': ['not-canonical@2'],
    'dup_checksum_key.jsonl': ['not-canonical@31'],
    'bitflip_29.jsonl': ['unknown-event-type@3'],
  }
  const inherited = (line: number): string[] => [`state-gap@${line}`, `state-gap@${line}`]
  const warnings: Readonly<Record<string, readonly string[]>> = {
    'only_newlines.jsonl': [],
    'delete_first.jsonl': ['orphan-translation@1', ...inherited(51)],
    'edit_field_rechecksummed.jsonl': ['orphan-translation@31', ...inherited(52)],
    'duplicate_line.jsonl': ['orphan-translation@32', ...inherited(53)],
    'zero_hole_middle.jsonl': inherited(53),
  }
  // What a lost or unverified line does to the history after it is not fixed, so warnings of these are not compared.
  const disturbed = /^(bitflip|bom|latin1|utf8|array|uppercase|foreign|glued)/

  it('are all there', () => expect(manifest).toHaveLength(41))

  for (const { file, lines, lines_failing_checksum } of manifest)
    it(file, () => {
      const check = checkFile(`corrupt/${file}`, 'daily_undertaking')
      const flip = /^bitflip_(\d\d)/.exec(file)?.[1]
      const flipped = flip === undefined ? [] : [`${flips[flip] ?? 'checksum-mismatch'}@${lines_failing_checksum[0]}`]
      expect(check.lines).toBe(file.startsWith('torn') ? 60 : lines)
      expect(brief(check.findings, 'E')).toEqual(errors[file] ?? flipped)
      expect(
        brief(check.findings, 'I').filter((entry) => flip === undefined || !entry.startsWith('not-canonical')),
      ).toEqual(notes[file] ?? [])
      if (!disturbed.test(file)) expect(brief(check.findings, 'W')).toEqual(warnings[file] ?? inherited(52))
    })

  it('names what a mismatch should hash to', () => {
    const { findings } = checkFile('corrupt/bitflip_01.jsonl', 'daily_undertaking')
    expect(findings.find(({ code }) => code === 'checksum-mismatch')).toMatchObject({
      line: 42,
      expected: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      found: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
  })
})

/** A byte that is no UTF-8, where the original reads U+FFFD in its place. */
const stricter: Readonly<Record<string, readonly boolean[]>> = { 'fffd_trick.jsonl': [false] }

describe('peculiar last lines', () => {
  const results = JSON.parse(new TextDecoder().decode(readVector('tail/RESULTS.json'))) as {
    readonly file: string
    readonly true_per_line_src_ok: readonly boolean[]
  }[]
  // Two entries describe an earlier state of their file.
  const outdated = [results.findIndex(({ file }) => file === 'no_newline.jsonl'), results.findIndex(isTorn)]
  const current = results.filter((_, at) => !outdated.includes(at))
  function isTorn({ file }: { readonly file: string }): boolean {
    return file === 'torn.jsonl'
  }

  it('verify line by line as their results state', () => {
    expect(current).toHaveLength(8)
    for (const { file, true_per_line_src_ok: want } of current) {
      const { lines, verdicts } = checkFile(`tail/${file}`, file.replace('.jsonl', ''))
      const byLine = new Map(verdicts.map(({ line, variant }) => [line, variant === 'python' || variant === 'both']))
      const isRight = Array.from({ length: lines }, (_, at) => byLine.get(at + 1) ?? false)
      expect([file, isRight]).toEqual([file, stricter[file] ?? want])
    }
  })

  const cases = [
    { name: 'ls_2028', errors: [] },
    { name: 'nel_0085', errors: [] },
    { name: 'del_7f', errors: [] },
    { name: 'big_20k', errors: [] },
    { name: 'fffd_trick', world: 'tmp', errors: ['invalid-utf8@1'] },
    { name: 'hugeint_last', world: 'tmp', errors: ['number-too-long@1'] },
    {
      name: 'surrogate_escape_last',
      world: 'tmp',
      errors: ['checksum-mismatch@1'],
      warnings: ['lone-surrogate@1', 'unknown-field@1'],
    },
    { name: 'no_newline', world: 'tmp', errors: ['glued-records@1'] },
    { name: 'torn', errors: ['json-invalid@1'] },
  ]
  for (const { name, world, errors, warnings } of cases)
    it(name, () => {
      const check = checkFile(`tail/${name}.jsonl`, world ?? name)
      expect(check.lines).toBe(readVectorLines(`tail/${name}.jsonl`).length)
      expect(brief(check.findings, 'E')).toEqual(errors)
      expect(brief(check.findings, 'W').filter((entry) => !entry.startsWith('payload-invalid'))).toEqual(warnings ?? [])
    })
})
