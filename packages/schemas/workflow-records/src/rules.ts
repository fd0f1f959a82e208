// The invariants over the records of one ledger, composed: the same object refuses at admission and finds in verify.
import type { ObjectNode } from '@ledgerd/canonical'
import type { Breach, PlacedBreach, Place, RecordRules } from '@ledgerd/schema'
import { withSequence, awaitsSequence } from './compose.ts'
import { Documents } from './documents.ts'
import { Explanations } from './explanations.ts'
import type { Undo } from './fingerprint-table.ts'
import { Gates } from './gates.ts'
import { RecordIds } from './identity.ts'
import { JobEffects } from './jobs.ts'
import { OutcomeLineages } from './outcomes.ts'
import { ActivePointers } from './pointers.ts'
import { factsOf, undoAll } from './record-facts.ts'
import type { Invariant, RecordFacts } from './record-facts.ts'
import { WorkflowSequence } from './sequence.ts'

export class WorkflowRules implements RecordRules {
  readonly #ids: RecordIds = new RecordIds()
  readonly #sequence: WorkflowSequence = new WorkflowSequence()
  readonly #invariants: readonly (Invariant & { readonly bytes: number })[]
  /** Records of the event ledger so far. Without any, the file holds other ledgers only. */
  #events = 0
  /** The record asked about last: it is judged first and taken next. */
  #latest: { readonly record: ObjectNode; readonly facts: RecordFacts | undefined } | undefined

  constructor() {
    const explanations = new Explanations()
    const gates = new Gates()
    const lineages = new OutcomeLineages(explanations, gates)
    const pointers = new ActivePointers(explanations)
    this.#invariants = [this.#sequence, new JobEffects(), lineages, new Documents(gates), pointers, gates, explanations]
  }

  /** Memory held, for the figures in the README. */
  get bytes(): number {
    return this.#invariants.reduce((sum, { bytes }) => sum + bytes, this.#ids.bytes)
  }

  judge(record: ObjectNode): readonly Breach[] {
    const breaches: Breach[] = [...this.#ids.judge(record)]
    const facts = this.#factsOf(record)
    if (facts !== undefined) for (const invariant of this.#invariants) breaches.push(...invariant.judge(facts))
    return breaches
  }

  take(record: ObjectNode, _view: unknown, place: Place): Undo {
    const undos = [this.#ids.take(record)]
    const facts = this.#factsOf(record)
    if (facts === undefined) return undoAll(undos)
    if (facts.type === 'event') undos.push(this.#countEvent())
    for (const invariant of this.#invariants) undos.push(invariant.take(facts, place))
    return undoAll(undos)
  }

  /** An event that left its number to its turn gets the next one of its workflow. */
  settle(record: ObjectNode): ObjectNode {
    const facts = awaitsSequence(record) ? this.#factsOf(record) : undefined
    const next = facts === undefined ? undefined : this.#sequence.next(facts)
    return next === undefined ? record : withSequence(record, next)
  }

  /** In a file without events nothing can be explained or approved: then that is said, once, instead of every change. */
  finish(): readonly PlacedBreach[] {
    const breaches = this.#invariants.flatMap((invariant) => invariant.finish?.() ?? [])
    if (breaches.length === 0 || this.#events > 0) return breaches.sort((a, b) => a.place.line - b.place.line)
    const message = 'The file holds no events: that changes are explained and finals approved was not checked.'
    return [{ code: 'events-elsewhere', severity: 'I', message, place: { line: 0, offset: 0 } }]
  }

  #countEvent(): Undo {
    this.#events++
    return () => {
      this.#events--
    }
  }

  #factsOf(record: ObjectNode): RecordFacts | undefined {
    if (this.#latest?.record !== record) this.#latest = { record, facts: factsOf(record) }
    return this.#latest?.facts
  }
}
