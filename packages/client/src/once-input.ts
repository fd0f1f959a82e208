// The same key with another input is another effect under a taken name, and refused.
import { LedgerError } from '@ledgerd/schema'
import type { EffectState } from './once-state.ts'
import type { Effect } from './once-record.ts'

/** Throws IDENTITY_CONFLICT with the number of the record that fixed the input. */
export function assertSameInput(effect: Effect, { job, event }: EffectState): void {
  if (isSameJson(effect.input, job.input_payload)) return
  throw inputConflict(effect, { seq: event.seq })
}

export function inputConflict({ operator, key }: Effect, details: Readonly<Record<string, unknown>>): LedgerError {
  return new LedgerError('IDENTITY_CONFLICT', `${operator} was called with another input under the key ${key}`, {
    details,
  })
}

/** Equality of JSON values as they come back: members that are undefined are absent, -0 is 0. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, at) => isSameJson(item, b[at]))
  }
  const [ours, theirs] = [presentMembers(a), presentMembers(b)]
  return (
    ours.length === theirs.length &&
    ours.every(([key, value]) => Object.hasOwn(b, key) && isSameJson(value, (b as never)[key]))
  )
}

function presentMembers(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined)
}
