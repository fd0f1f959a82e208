// Lineages of outcomes: versions from 1 without gaps, each the child of the one before, of one tenant; a draft never
// replaces a final; a final comes after the approval of exactly its parent (formats §6.4).
import type { Breach, PlacedBreach, Place } from '@ledgerd/schema'
import type { Explanations } from './explanations.ts'
import { FingerprintTable } from './fingerprint-table.ts'
import type { Undo } from './fingerprint-table.ts'
import { fingerprint } from './fingerprint.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { Gates } from './gates.ts'
import { placeOfWords, wordsOfPlace } from './place-words.ts'
import { breach, nothingToUndo, undoAll } from './record-facts.ts'
import type { Invariant, RecordFacts } from './record-facts.ts'

export class OutcomeLineages implements Invariant {
  readonly #explanations: Explanations
  readonly #gates: Gates
  /** Per (lineage, version): two words of its outcome, and 1 if it was ever final. */
  readonly #versions: FingerprintTable = new FingerprintTable(3)
  /** Per outcome id the tenant that used it first, as one word: it tells a foreign parent from a missing one. */
  readonly #tenants: FingerprintTable = new FingerprintTable(1)
  /** Finals whose parent was not approved before them: place. */
  readonly #unapproved: FingerprintTable = new FingerprintTable(3)

  constructor(explanations: Explanations, gates: Gates) {
    this.#explanations = explanations
    this.#gates = gates
  }

  get bytes(): number {
    return this.#versions.bytes + this.#tenants.bytes + this.#unapproved.bytes
  }

  judge(facts: RecordFacts): readonly Breach[] {
    const outcome = readOutcome(facts)
    if (outcome === undefined) return []
    const known = this.#versions.get(outcome.key)
    return known === undefined ? this.#judgeNew(facts, outcome) : judgeRepeated(outcome, known)
  }

  take(facts: RecordFacts, place: Place): Undo {
    const outcome = readOutcome(facts)
    if (outcome === undefined) return nothingToUndo
    const known = this.#versions.get(outcome.key)
    const isFinal = outcome.status === 'final' ? 1 : 0
    if (known !== undefined) {
      const [first = 0, second = 0, wasFinal = 0] = known
      return this.#versions.put(outcome.key, [first, second, Math.max(isFinal, wasFinal)])
    }
    const anyTenant = fingerprint(['outcome', outcome.id])
    const undos = [
      this.#versions.put(outcome.key, [...outcome.print, isFinal]),
      this.#explanations.expect(facts, 'outcome', outcome.id, outcome.version, place),
    ]
    if (!this.#tenants.has(anyTenant)) undos.push(this.#tenants.put(anyTenant, [tenantWord(facts)]))
    if (isFinal === 1 && (outcome.parentId === undefined || !this.#gates.isApproved(facts, outcome.parentId)))
      undos.push(this.#unapproved.put(outcome.key, wordsOfPlace(place)))
    return undoAll(undos)
  }

  finish(): readonly PlacedBreach[] {
    const message = 'Its parent was not approved before it.'
    return Array.from(this.#unapproved.values(), (words) => ({
      ...breach('final-without-approval', '/status', message, { severity: 'W' }),
      place: placeOfWords(words, 0),
    }))
  }

  #judgeNew(facts: RecordFacts, outcome: OutcomeFacts): readonly Breach[] {
    const { version, lineageId, parentId } = outcome
    if (version === 1) return parentId === undefined ? [] : [this.#parentBreach(facts, parentId)]
    const parent = this.#versions.get(versionKey(facts, lineageId, version - 1))
    const breaches: Breach[] = []
    if (parent === undefined)
      breaches.push(breach('version-gap', '/version', `Version ${version - 1} of the lineage has not come before.`))
    if (parent === undefined || parentId === undefined || !isPrint(parent, printOf(parentId)))
      breaches.push(this.#parentBreach(facts, parentId))
    return breaches
  }

  #parentBreach(facts: RecordFacts, parentId: string | undefined): Breach {
    const [tenant] = parentId === undefined ? [] : (this.#tenants.get(fingerprint(['outcome', parentId])) ?? [])
    return tenant === undefined || tenant === tenantWord(facts)
      ? breach('parent-missing', '/parent_outcome_id', 'It is not the version before, and null for version 1.')
      : breach('parent-cross-tenant', '/parent_outcome_id', 'The parent belongs to another tenant.')
  }
}

interface OutcomeFacts {
  readonly id: string
  readonly lineageId: string
  readonly version: number
  readonly status: string | undefined
  readonly parentId: string | undefined
  readonly key: Fingerprint
  readonly print: readonly [number, number]
}

function readOutcome(facts: RecordFacts): OutcomeFacts | undefined {
  if (facts.type !== 'outcome') return undefined
  const [id, version] = [facts.text('outcome_id'), facts.integer('version')]
  if (id === undefined || version === undefined) return undefined
  // Records of the RFC as it stands have no lineage; each of their outcomes is one of its own.
  const lineageId = facts.text('lineage_id') ?? id
  const key = versionKey(facts, lineageId, version)
  const [status, parentId] = [facts.text('status'), facts.text('parent_outcome_id')]
  return { id, lineageId, version, status, parentId, key, print: printOf(id) }
}

/** A version may come again only to say that it is superseded or retracted. */
function judgeRepeated(outcome: OutcomeFacts, known: readonly number[]): readonly Breach[] {
  const { status, version } = outcome
  const isSame = isPrint(known, outcome.print)
  if (isSame && (status === 'superseded' || status === 'retracted')) return []
  if (status === 'draft' && known[2] === 1)
    return [breach('draft-over-final', '/status', `Version ${version} of the lineage is final.`)]
  return [breach('duplicate-version', '/version', `Version ${version} of the lineage has come before.`)]
}

function versionKey(facts: RecordFacts, lineageId: string, version: number): Fingerprint {
  return facts.key('outcome-version', lineageId, String(version))
}

function printOf(outcomeId: string): readonly [number, number] {
  const [first = 0, second = 0] = fingerprint(['outcome', outcomeId])
  return [first, second]
}

function isPrint(words: readonly number[], print: readonly [number, number]): boolean {
  return words[0] === print[0] && words[1] === print[1]
}

function tenantWord(facts: RecordFacts): number {
  return facts.key('tenant')[0] ?? 0
}
