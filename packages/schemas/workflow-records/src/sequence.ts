// The total order of each workflow: `sequence_no` runs from 1 without gaps, and no number comes twice (formats §6.2).
// Events without a number are ordered by time and place and do not count here.
import type { Breach } from '@ledgerd/schema'
import { FingerprintTable } from './fingerprint-table.ts'
import type { Undo } from './fingerprint-table.ts'
import { breach, nothingToUndo } from './record-facts.ts'
import type { Invariant, RecordFacts } from './record-facts.ts'

const wordSize = 2 ** 32

export class WorkflowSequence implements Invariant {
  /** Per workflow the highest number, as two words. */
  readonly #last: FingerprintTable = new FingerprintTable(2)

  get bytes(): number {
    return this.#last.bytes
  }

  /** The number of the workflow's next event; undefined for a record that has no workflow. */
  next(facts: RecordFacts): number | undefined {
    const workflow = facts.text('trace', 'workflow_id')
    return workflow === undefined ? undefined : this.#lastOf(facts, workflow) + 1
  }

  judge(facts: RecordFacts): readonly Breach[] {
    const number = numberOf(facts)
    if (number === undefined) return []
    const expected = this.#lastOf(facts, number.workflow) + 1
    if (number.sequence === expected) return []
    const stated = { expected: String(expected), found: String(number.sequence) }
    return number.sequence < expected
      ? [breach('duplicate-sequence', '/sequence_no', 'An earlier event of the workflow took this number.', stated)]
      : [breach('sequence-gap', '/sequence_no', 'Numbers of the workflow are missing before this one.', stated)]
  }

  take(facts: RecordFacts): Undo {
    const number = numberOf(facts)
    if (number === undefined || number.sequence <= this.#lastOf(facts, number.workflow)) return nothingToUndo
    const { sequence, workflow } = number
    return this.#last.put(facts.key('workflow', workflow), [Math.floor(sequence / wordSize), sequence % wordSize])
  }

  #lastOf(facts: RecordFacts, workflow: string): number {
    const [high = 0, low = 0] = this.#last.get(facts.key('workflow', workflow)) ?? []
    return high * wordSize + low
  }
}

function numberOf(facts: RecordFacts): { readonly workflow: string; readonly sequence: number } | undefined {
  if (facts.type !== 'event') return undefined
  const workflow = facts.text('trace', 'workflow_id')
  const sequence = facts.integer('sequence_no')
  return workflow === undefined || sequence === undefined ? undefined : { workflow, sequence }
}
