// Record ids are unique in the file (formats §6.1).
import type { ObjectNode } from '@ledgerd/canonical'
import type { Breach } from '@ledgerd/schema'
import { FingerprintTable } from './fingerprint-table.ts'
import type { Undo } from './fingerprint-table.ts'
import { fingerprint } from './fingerprint.ts'
import type { Fingerprint } from './fingerprint.ts'
import { breach, nothingToUndo } from './record-facts.ts'
import { identityOf } from './record-id.ts'
import { textAt } from './record-node.ts'

/** Knows the ids of all records, also of those that no other invariant can place. */
export class RecordIds {
  readonly #seen: FingerprintTable = new FingerprintTable(0)

  get bytes(): number {
    return this.#seen.bytes
  }

  judge(record: ObjectNode): readonly Breach[] {
    const key = keyOf(record)
    if (key === undefined || !this.#seen.has(key)) return []
    const found = textAt(record, 'record_id')
    const facts = found === undefined ? {} : { found }
    return [breach('duplicate-record-id', '/record_id', 'An earlier record has the same id.', facts)]
  }

  take(record: ObjectNode): Undo {
    const key = keyOf(record)
    return key === undefined ? nothingToUndo : this.#seen.put(key, [])
  }
}

/** By a hash also where the id is a UUID: of those that carry a time, thousands begin with the same digits. */
function keyOf(record: ObjectNode): Fingerprint | undefined {
  const recordId = textAt(record, 'record_id')
  if (recordId === undefined) return undefined
  return fingerprint([identityOf(recordId)])
}
