// Active pointers of memories and entities: versions from 1 without gaps; of a memory's versions only the newest stays
// active, and the event that deactivates an older one may come before or after the newer one (formats §6.6).
import type { Breach, PlacedBreach, Place } from '@ledgerd/schema'
import type { Explanations } from './explanations.ts'
import { FingerprintTable } from './fingerprint-table.ts'
import type { Undo } from './fingerprint-table.ts'
import type { Fingerprint } from './fingerprint.ts'
import { placeOfWords, wordsOfPlace } from './place-words.ts'
import { breach, nothingToUndo, undoAll } from './record-facts.ts'
import type { Invariant, RecordFacts } from './record-facts.ts'

export class ActivePointers implements Invariant {
  readonly #explanations: Explanations
  /** Per memory lineage or entity: its highest version, the key of that version (three words), its place (three). */
  readonly #newest: FingerprintTable = new FingerprintTable(7)
  /** Memories that were deactivated while they were the newest, or before they came. */
  readonly #deactivated: FingerprintTable = new FingerprintTable(0)
  /** Memories with a newer version and without a deactivation so far: place. */
  readonly #superseded: FingerprintTable = new FingerprintTable(3)
  /** Per (entity type, key hash): two words of the entity that has it. */
  readonly #entityKeys: FingerprintTable = new FingerprintTable(2)

  constructor(explanations: Explanations) {
    this.#explanations = explanations
  }

  get bytes(): number {
    return this.#newest.bytes + this.#deactivated.bytes + this.#superseded.bytes + this.#entityKeys.bytes
  }

  judge(facts: RecordFacts): readonly Breach[] {
    const item = readItem(facts)
    return item === undefined ? [] : [...this.#judgeVersion(facts, item), ...this.#judgeKey(facts, item)]
  }

  take(facts: RecordFacts, place: Place): Undo {
    if (facts.eventType === 'MEMORY_DEACTIVATED' || facts.eventType === 'MEMORY_EXPIRED') return this.#deactivate(facts)
    const item = readItem(facts)
    if (item === undefined) return nothingToUndo
    const newest = this.#newest.get(item.lineage)
    const [version = 0] = newest ?? []
    const undos: Undo[] = []
    const entityKey = entityKeyOf(facts)
    if (entityKey !== undefined && !this.#entityKeys.has(entityKey))
      undos.push(this.#entityKeys.put(entityKey, printOf(item.lineage)))
    if (item.version > version) {
      if (newest !== undefined && item.kind === 'memory') undos.push(this.#supersede(newest))
      undos.push(
        this.#newest.put(item.lineage, [item.version, ...item.key, ...wordsOfPlace(place)]),
        this.#explanations.expect(facts, item.kind, item.id, item.version, place),
      )
    }
    return undoAll(undos)
  }

  finish(): readonly PlacedBreach[] {
    const message = 'A newer version came, and no MEMORY_DEACTIVATED ended this one.'
    return Array.from(this.#superseded.values(), (words) => ({
      ...breach('two-active', '/memory_id', message),
      place: placeOfWords(words, 0),
    }))
  }

  #judgeVersion(facts: RecordFacts, item: Item): readonly Breach[] {
    const newest = this.#newest.get(item.lineage)
    const [version = 0] = newest ?? []
    if (item.version <= version)
      return [breach('duplicate-version', '/version', `Version ${item.version} has come before.`)]
    const breaches: Breach[] = []
    if (item.version > version + 1)
      breaches.push(breach('version-gap', '/version', `Version ${version + 1} has not come before.`))
    if (item.kind !== 'memory') return breaches
    const parentId = facts.text('parent_memory_id')
    const isParent = parentId !== undefined && newest !== undefined && isKey(newest, memoryKey(facts, parentId))
    if (newest === undefined ? parentId !== undefined : !isParent)
      breaches.push(
        breach('parent-missing', '/parent_memory_id', 'It is not the version before, and null for version 1.'),
      )
    return breaches
  }

  #judgeKey(facts: RecordFacts, item: Item): readonly Breach[] {
    const entityKey = entityKeyOf(facts)
    const owner = entityKey === undefined ? undefined : this.#entityKeys.get(entityKey)
    const [first, second] = printOf(item.lineage)
    if (owner === undefined || (owner[0] === first && owner[1] === second)) return []
    return [breach('duplicate-entity-key', '/canonical_key_hash', 'Another entity of this type has the same key.')]
  }

  #supersede(newest: readonly number[]): Undo {
    const key = Uint32Array.from(newest.slice(1, 4))
    if (this.#deactivated.has(key)) return this.#deactivated.put(key, undefined)
    return this.#superseded.put(key, newest.slice(4, 7))
  }

  #deactivate(facts: RecordFacts): Undo {
    const memoryId = facts.text('payload', 'memory_id')
    if (memoryId === undefined) return nothingToUndo
    const key = memoryKey(facts, memoryId)
    return this.#superseded.has(key) ? this.#superseded.put(key, undefined) : this.#deactivated.put(key, [])
  }
}

interface Item {
  readonly kind: 'memory' | 'entity'
  readonly id: string
  readonly version: number
  readonly lineage: Fingerprint
  readonly key: Fingerprint
}

function readItem(facts: RecordFacts): Item | undefined {
  const version = facts.integer('version')
  if (version === undefined || version < 1) return undefined
  if (facts.type === 'memory') {
    const id = facts.text('memory_id')
    if (id === undefined) return undefined
    const lineage = facts.key('memory-lineage', facts.text('lineage_id') ?? id)
    return { kind: 'memory', id, version, lineage, key: memoryKey(facts, id) }
  }
  const id = facts.type === 'entity' ? facts.text('entity_id') : undefined
  if (id === undefined) return undefined
  const lineage = facts.key('entity', id)
  return { kind: 'entity', id, version, lineage, key: lineage }
}

function memoryKey(facts: RecordFacts, memoryId: string): Fingerprint {
  return facts.key('memory', memoryId)
}

function entityKeyOf(facts: RecordFacts): Fingerprint | undefined {
  if (facts.type !== 'entity') return undefined
  const [entityType, keyHash] = [facts.text('entity_type'), facts.text('canonical_key_hash')]
  return entityType === undefined || keyHash === undefined ? undefined : facts.key('entity-key', entityType, keyHash)
}

function printOf(key: Fingerprint): readonly [number, number] {
  return [key[0] ?? 0, key[1] ?? 0]
}

function isKey(newest: readonly number[], key: Fingerprint): boolean {
  return key.every((word, at) => newest[1 + at] === word)
}
