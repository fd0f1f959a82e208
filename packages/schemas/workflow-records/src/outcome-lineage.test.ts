import { describe, expect, it } from 'vitest'
import { currentOutcome } from './outcome-lineage.ts'
import type { LineageRecord } from './outcome-lineage.ts'

describe('currentOutcome', () => {
  const cases = [
    { name: 'nothing', rows: [], want: undefined },
    { name: 'the highest version', rows: ['a 1 draft', 'b 2 draft'], want: 'b 2 draft' },
    {
      name: 'the version before one that was retracted',
      rows: ['a 1 final', 'b 2 final', 'b 2 retracted'],
      want: 'a 1 final',
    },
    { name: 'none if all are superseded', rows: ['a 1 draft', 'a 1 superseded'], want: undefined },
    { name: 'the final, not a draft written over it', rows: ['a 1 final', 'a 1 draft'], want: 'a 1 final' },
    {
      name: 'the outcome, not one that retracts under another id',
      rows: ['a 1 final', 'x 1 retracted'],
      want: 'a 1 final',
    },
    { name: 'a failed version, for it is neither', rows: ['a 1 draft', 'b 2 failed'], want: 'b 2 failed' },
  ]
  for (const { name, rows, want } of cases)
    it(name, () => {
      const current = currentOutcome(rows.map(readRow))
      expect(current && `${current.outcome_id} ${current.version} ${current.status}`).toBe(want)
    })

  function readRow(row: string): LineageRecord {
    const [id = '', version, status] = row.split(' ')
    return { outcome_id: id, version: Number(version), status: status as LineageRecord['status'] }
  }
})
