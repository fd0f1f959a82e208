// Every change of an outcome, a memory or an entity has an event that explains it; the event may come after the record
// (formats §6.4, §6.6). What waits for its event is known by its place; both sides forget each other when they meet.
import type { PlacedBreach, Place } from '@ledgerd/schema'
import { FingerprintTable } from './fingerprint-table.ts'
import type { Undo } from './fingerprint-table.ts'
import type { Fingerprint } from './fingerprint.ts'
import { placeOfWords, wordsOfPlace } from './place-words.ts'
import { breach, nothingToUndo } from './record-facts.ts'
import type { Invariant, RecordFacts } from './record-facts.ts'

const changes = [
  { path: '/outcome_id', event: 'OUTCOME_CREATED' },
  { path: '/memory_id', event: 'MEMORY_CREATED' },
  { path: '/entity_id', event: 'ENTITY_CREATED or ENTITY_UPDATED' },
] as const

export type ChangeKind = 'outcome' | 'memory' | 'entity'

const kinds: readonly ChangeKind[] = ['outcome', 'memory', 'entity']

export class Explanations implements Invariant {
  /** Changes without their event so far: kind, place. */
  readonly #unexplained: FingerprintTable = new FingerprintTable(4)
  /** Events whose change has not come so far. */
  readonly #early: FingerprintTable = new FingerprintTable(0)

  get bytes(): number {
    return this.#unexplained.bytes + this.#early.bytes
  }

  judge(): readonly never[] {
    return []
  }

  /** Takes an event as the explanation of the change it names. */
  take(facts: RecordFacts): Undo {
    const change = explainedBy(facts)
    if (change === undefined) return nothingToUndo
    return this.#unexplained.has(change) ? this.#unexplained.put(change, undefined) : this.#early.put(change, [])
  }

  /** A new version was written here. */
  expect(facts: RecordFacts, kind: ChangeKind, id: string, version: number, place: Place): Undo {
    const change = changeKey(facts, kind, id, version)
    if (this.#early.has(change)) return this.#early.put(change, undefined)
    return this.#unexplained.put(change, [kinds.indexOf(kind), ...wordsOfPlace(place)])
  }

  finish(): readonly PlacedBreach[] {
    return Array.from(this.#unexplained.values(), (words) => {
      const { path, event } = changes[words[0] ?? 0] ?? changes[0]
      return {
        ...breach('change-without-event', path, `No ${event} explains this version.`),
        place: placeOfWords(words, 1),
      }
    })
  }
}

/** Memories have one id per version, so their events need not repeat the version. */
function changeKey(facts: RecordFacts, kind: ChangeKind, id: string, version: number): Fingerprint {
  return facts.key('change', kind, id, kind === 'memory' ? '' : String(version))
}

function explainedBy(facts: RecordFacts): Fingerprint | undefined {
  const kind = kindExplained(facts.eventType ?? '')
  if (kind === undefined) return undefined
  const id = facts.text('payload', `${kind}_id`)
  const version = facts.integer('payload', 'version') ?? (kind === 'entity' ? 1 : 0)
  return id === undefined ? undefined : changeKey(facts, kind, id, version)
}

/** Names such as `MEMORY_REVISED` explain, too: the set is open. What ends a version does not. */
function kindExplained(eventType: string): ChangeKind | undefined {
  if (eventType === 'OUTCOME_CREATED') return 'outcome'
  const ends = ['MEMORY_DEACTIVATED', 'MEMORY_EXPIRED', 'ENTITY_DEACTIVATED', 'ENTITY_EXPIRED']
  if (ends.includes(eventType)) return undefined
  if (eventType.startsWith('MEMORY_')) return 'memory'
  return eventType.startsWith('ENTITY_') ? 'entity' : undefined
}
