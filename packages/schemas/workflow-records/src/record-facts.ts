// One record as the invariants see it: read once, for judging and for taking. Fingerprints are made of the tenant and
// what they name, because equal keys under two tenants are unrelated (formats §6.1).
import type { ObjectNode } from '@ledgerd/canonical'
import type { Breach, PlacedBreach, Place } from '@ledgerd/schema'
import type { Undo } from './fingerprint-table.ts'
import { fingerprint } from './fingerprint.ts'
import type { Fingerprint } from './fingerprint.ts'
import { ledgerTypeOf } from './ledger-type.ts'
import type { LedgerType } from './ledger-type.ts'
import { idAt, integerAt, textAt } from './record-node.ts'

export interface RecordFacts {
  readonly type: LedgerType
  readonly tenant: string
  readonly record: ObjectNode
  /** The type of an event; undefined for the other ledgers. */
  readonly eventType: string | undefined
  text(...path: readonly string[]): string | undefined
  integer(...path: readonly string[]): number | undefined
  id(...path: readonly string[]): string | undefined
  /** The fingerprint of a key of this tenant. */
  key(kind: string, ...parts: readonly string[]): Fingerprint
}

/** One part of the invariants: one file each, composed in rules.ts. */
export interface Invariant {
  /** What is wrong with the record as the next one. Looks only. */
  judge(facts: RecordFacts): readonly Breach[]
  /** Takes it in, right or wrong; returns how to forget it. */
  take(facts: RecordFacts, place: Place): Undo
  /** What only the end can tell. */
  finish?(): readonly PlacedBreach[]
}

/** Undefined for a record that no invariant can place: of no ledger, or of no tenant. */
export function factsOf(record: ObjectNode): RecordFacts | undefined {
  const type = ledgerTypeOf(record)
  const tenant = integerAt(record, 'tenant_id')
  if (type === undefined || tenant === undefined || tenant < 1) return undefined
  const keys = new Map<string, Fingerprint>()
  return {
    type,
    tenant: String(tenant),
    record,
    eventType: type === 'event' ? textAt(record, 'event_type') : undefined,
    text: (...path) => textAt(record, ...path),
    integer: (...path) => integerAt(record, ...path),
    id: (...path) => idAt(record, ...path),
    key(kind, ...parts) {
      const name = [kind, ...parts].join('\n')
      const known = keys.get(name) ?? fingerprint([kind, String(tenant), ...parts])
      keys.set(name, known)
      return known
    },
  }
}

/** Undoes several changes, newest first. */
export function undoAll(undos: readonly Undo[]): Undo {
  return () => {
    for (const undo of undos.toReversed()) undo()
  }
}

export const nothingToUndo: Undo = () => undefined

/** A breach of severity E about one member. */
export function breach(code: string, path: string, message: string, facts: Partial<Breach> = {}): Breach {
  return { code, severity: 'E', path, message, ...facts }
}
