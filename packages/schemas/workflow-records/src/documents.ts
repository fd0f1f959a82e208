// Raw uploads never change; a transformation is the next revision; a document becomes final through a gate (formats §6.5).
import type { Breach, PlacedBreach, Place } from '@ledgerd/schema'
import { FingerprintTable } from './fingerprint-table.ts'
import type { Undo } from './fingerprint-table.ts'
import { fingerprint } from './fingerprint.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { Gates } from './gates.ts'
import { placeOfWords, wordsOfPlace } from './place-words.ts'
import { breach, nothingToUndo, undoAll } from './record-facts.ts'
import type { Invariant, RecordFacts } from './record-facts.ts'

export class Documents implements Invariant {
  readonly #gates: Gates
  /** Per (document, revision) that was uploaded: two words of its source hash. */
  readonly #uploads: FingerprintTable = new FingerprintTable(2)
  /** Per document: its highest revision. */
  readonly #revisions: FingerprintTable = new FingerprintTable(1)
  /** Final documents in workflows where nothing was approved before: place. */
  readonly #unapproved: FingerprintTable = new FingerprintTable(3)

  constructor(gates: Gates) {
    this.#gates = gates
  }

  get bytes(): number {
    return this.#uploads.bytes + this.#revisions.bytes + this.#unapproved.bytes
  }

  judge(facts: RecordFacts): readonly Breach[] {
    const document = readDocument(facts)
    if (document === undefined) return []
    const breaches: Breach[] = []
    const uploaded = this.#uploads.get(document.key)
    if (uploaded !== undefined && document.source !== undefined && !isPrint(uploaded, printOf(document.source)))
      breaches.push(
        breach('raw-document-mutated', '/source/hash', 'An upload never changes; another content is another document.'),
      )
    const [last] = this.#revisions.get(facts.key('document', document.id)) ?? []
    if (document.isDerived && last !== undefined && document.revision <= last)
      breaches.push(
        breach('revision-not-raised', '/revision', 'A transformation is a new revision.', {
          severity: 'W',
          expected: String(last + 1),
          found: String(document.revision),
        }),
      )
    return breaches
  }

  take(facts: RecordFacts, place: Place): Undo {
    const document = readDocument(facts)
    if (document === undefined) return nothingToUndo
    const { key, id, revision, source, isDerived } = document
    const documentKey = facts.key('document', id)
    const [last = -1] = this.#revisions.get(documentKey) ?? []
    const undos = [this.#revisions.put(documentKey, [Math.max(last, revision)])]
    if (!isDerived && source !== undefined && !this.#uploads.has(key))
      undos.push(this.#uploads.put(key, printOf(source)))
    const workflowId = facts.text('trace', 'workflow_id')
    const isApproved = workflowId !== undefined && this.#gates.hasApprovalIn(facts, workflowId)
    if (facts.text('lifecycle') === 'final' && !isApproved) undos.push(this.#unapproved.put(key, wordsOfPlace(place)))
    return undoAll(undos)
  }

  finish(): readonly PlacedBreach[] {
    const message = 'Nothing was approved in its workflow before it.'
    return Array.from(this.#unapproved.values(), (words) => ({
      ...breach('final-without-approval', '/lifecycle', message, { severity: 'W' }),
      place: placeOfWords(words, 0),
    }))
  }
}

interface DocumentFacts {
  readonly id: string
  readonly revision: number
  readonly source: string | undefined
  readonly isDerived: boolean
  readonly key: Fingerprint
}

function readDocument(facts: RecordFacts): DocumentFacts | undefined {
  if (facts.type !== 'document') return undefined
  const [id, revision] = [facts.text('document_id'), facts.integer('revision')]
  if (id === undefined || revision === undefined || revision < 0) return undefined
  const key = facts.key('revision', id, String(revision))
  const isDerived = facts.record.members.some(({ key: name, value }) => name === 'derived' && value.kind === 'object')
  return { id, revision, source: facts.text('source', 'hash'), isDerived, key }
}

function printOf(source: string): readonly [number, number] {
  const [first = 0, second = 0] = fingerprint([source])
  return [first, second]
}

function isPrint(words: readonly number[], print: readonly [number, number]): boolean {
  return words[0] === print[0] && words[1] === print[1]
}
