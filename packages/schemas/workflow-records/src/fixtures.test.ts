// Every file of vectors has the verdict that its manifest and formats §6.8 state.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { brief, checkLines, linesOf, readVector } from '../conformance/check-file.ts'

describe('files of one ledger each', () => {
  const files = [
    { name: 'event', records: 321, notes: [] },
    { name: 'job', records: 211, notes: [] },
    { name: 'outcome', records: 60, notes: ['events-elsewhere@0'] },
    { name: 'document', records: 60, notes: [] },
    { name: 'memory', records: 60, notes: ['events-elsewhere@0'] },
    { name: 'entity', records: 12, notes: ['events-elsewhere@0'] },
  ]
  for (const { name, records, notes } of files)
    it(`${name}.jsonl`, () => {
      const { verdicts, findings } = checkLines(linesOf(readVector(`${name}.jsonl`)))
      expect(verdicts).toHaveLength(records)
      expect(new Set(verdicts.map(({ type }) => type))).toEqual(new Set([name]))
      expect(new Set(verdicts.map(({ variant }) => variant))).toEqual(new Set(['sha256']))
      expect(brief(findings, 'EWI')).toEqual(notes)
    })
})

describe('files of interleaved ledgers', () => {
  const files: Readonly<Record<string, { readonly errors: readonly string[]; readonly warnings?: readonly string[] }>> =
    {
      'same_key_other_tenant_is_fine.jsonl': { errors: [] },
      'dup_sequence_no.jsonl': { errors: ['duplicate-sequence@9', 'sequence-gap@10'] },
      'same_key_other_payload.jsonl': { errors: ['idempotency-payload-mismatch@401', 'illegal-transition@401'] },
      'draft_after_final_same_version.jsonl': { errors: ['draft-over-final@401'] },
      'parent_other_tenant.jsonl': {
        errors: ['version-gap@21', 'parent-cross-tenant@21', 'change-without-event@19'],
      },
      'change_without_event.jsonl': { errors: ['sequence-gap@21', 'change-without-event@19'] },
      'tenant_string.jsonl': { errors: ['wrong-type@6', 'sequence-gap@9'] },
      'approval_of_other_version.jsonl': {
        errors: ['payload-hash-mismatch@78', 'approval-mismatch@78'],
        warnings: ['final-without-approval@79'],
      },
    }
  const manifest = JSON.parse(new TextDecoder().decode(readVector('violations/MANIFEST.json'))) as { file: string }[]

  it('are all there', () => expect(manifest.map(({ file }) => file).sort()).toEqual(Object.keys(files).sort()))

  for (const [name, { errors, warnings = [] }] of Object.entries(files))
    it(name, () => {
      const { findings } = checkLines(linesOf(readVector(`violations/${name}`)))
      expect(brief(findings, 'E')).toEqual(errors)
      expect(brief(findings, 'WI')).toEqual(warnings)
    })

  it('says nothing about other records at level lines', () => {
    const { findings } = checkLines(linesOf(readVector('violations/approval_of_other_version.jsonl')), 'lines')
    expect(brief(findings, 'EWI')).toEqual(['payload-hash-mismatch@78'])
  })
})

describe('vectors', () => {
  const sums = new TextDecoder().decode(readVector('SHA256SUMS')).trim().split('\n')
  for (const [sum, name] of sums.map((line) => line.split('  ')))
    it(`${name} is as it was copied`, () =>
      expect(createHash('sha256').update(readVector(name!)).digest('hex')).toBe(sum))
})
