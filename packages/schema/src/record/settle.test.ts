// What a record learns in its turn: its number in an order that several writers share.
import type { ObjectNode } from '@ledgerd/canonical'
import { describe, expect, it } from 'vitest'
import { tallyFormat } from '../../test/tally-format.ts'
import type { AdmittedDraft } from '../contract.ts'
import { integerNode } from './build-node.ts'
import type { RecordFormat, RecordRules } from './record-format.ts'
import { recordSchema } from './record-schema.ts'

const format: RecordFormat = {
  ...tallyFormat,
  compose: (draft, timeMs, profile, ledger) => numbered(tallyFormat.compose(draft, timeMs, profile, ledger), 999_999),
  judgeRecord: () => ({ breaches: [], variant: undefined }),
  contentOf: (record) => without(record, ['hash', 'number', 'time']),
  openRules: () => new Numbers(),
}
const schema = recordSchema(format)
const encoder = new TextEncoder()
const stamp = { seq: 0, timeMs: 1 }

class Numbers implements RecordRules {
  #next = 1
  judge(): readonly never[] {
    return []
  }
  take(): () => void {
    this.#next += 1
    return () => {
      this.#next -= 1
    }
  }
  settle(record: ObjectNode): ObjectNode {
    return numbered(record, this.#next)
  }
}

describe('settle', () => {
  const writer = schema.openWriter({ ledger: 'shelf' })
  const open = (): NonNullable<ReturnType<NonNullable<typeof schema.openRules>>> =>
    schema.openRules!({ ledger: 'shelf' })

  it('numbers drafts in the order of their turns, not of their admission', () => {
    const rules = open()
    const [first, second] = [admit('a'), admit('b')]
    expect(['b', 'a'].map((name) => seal(rules, name === 'a' ? first : second))).toEqual([1, 2])
  })

  it('settles anew after an undo, even at the same time', () => {
    const rules = open()
    const [first, second] = [admit('a'), admit('b')]
    const turns = [rules.take(first, stamp), rules.take(second, stamp)]
    for (const { undo } of turns.toReversed()) undo()
    expect([seal(rules, second), seal(rules, first)]).toEqual([1, 2])
  })

  it('is no content: a retry is the same event', () => {
    const rules = open()
    seal(rules, admit('z'))
    const target = new Uint8Array(1000)
    const stored = admit('a')
    rules.take(stored, stamp)
    const line = target.subarray(0, writer.seal(stored, stamp, target, 0) - 1)
    expect(writer.isSameContent(admit('a'), line)).toBe(true)
    expect(writer.isSameContent(admit('a', 8), line)).toBe(false)
  })

  function admit(name: string, count = 7): AdmittedDraft {
    const data = { count, weight: 1, note: null }
    return writer.admit(encoder.encode(schema.encodeDraft({ type: 'tallied', id: name, data })))
  }

  function seal(rules: ReturnType<typeof open>, admitted: AdmittedDraft): unknown {
    const target = new Uint8Array(admitted.lineBytesMax)
    const end = writer.seal(admitted, rules.take(admitted, stamp).stamp, target, 0)
    return (JSON.parse(new TextDecoder().decode(target.subarray(0, end))) as { number: unknown }).number
  }
})

function numbered(record: ObjectNode, value: number): ObjectNode {
  const members = without(record, ['number']).members
  return { ...record, members: [...members, { key: 'number', keyStart: -1, value: integerNode(value) }] }
}

function without(record: ObjectNode, keys: readonly string[]): ObjectNode {
  return { ...record, members: record.members.filter(({ key }) => !keys.includes(key)) }
}
