// Rules about what fields stand for. The bytes stay readable; what they say changes.
import type { Meaning } from '@ledgerd/schema'
import { textOf } from '../../frozen/union-form.ts'
import type { Hit, MeaningPair } from '../change.ts'

/** From harmless to secret. */
const piiRanks: readonly Meaning['pii'][] = [undefined, 'indirect', 'direct', 'secret']

export function metaChanged({ old, new: next }: MeaningPair): Hit | undefined {
  const { pii: _old, ...before } = old
  const { pii: _new, ...after } = next
  if (textOf(before) === textOf(after)) return undefined
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof typeof before)[]
  const changed = names.filter((name) => textOf(before[name] ?? null) !== textOf(after[name] ?? null)).sort()
  const message = `${changed.join(', ')} is another: the same lines say something else`
  return { old, new: next, backward: 'dangerous', forward: 'dangerous', message }
}

export function piiLowered({ old, new: next }: MeaningPair): Hit | undefined {
  if (piiRanks.indexOf(next.pii) >= piiRanks.indexOf(old.pii)) return undefined
  const message = `personal data was marked ${old.pii} and is ${next.pii ?? 'not marked'} now: it will show where it was masked`
  return { old, new: next, backward: 'dangerous', forward: 'dangerous', message }
}

export function piiRaised({ old, new: next }: MeaningPair): Hit | undefined {
  if (piiRanks.indexOf(next.pii) <= piiRanks.indexOf(old.pii)) return undefined
  const message = `marked ${next.pii} now; it will be masked`
  return { old, new: next, backward: 'ok', forward: 'ok', message }
}
