// An admitted draft of a family whose line is one JSON record: it composes its record for a time and remembers the last
// one, because the rules look at what sealing then writes.
import { formatNode } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import type { AdmittedDraft } from '../contract.ts'
import { invariant } from '../errors.ts'
import type { RecordDraft, RecordFormat, RecordView } from './record-format.ts'

const encoder = new TextEncoder()

/** A record as it goes to disk. */
export interface ComposedRecord {
  readonly timeMs: number
  readonly record: ObjectNode
  readonly view: RecordView
  /** Without LF. */
  readonly line: Uint8Array
}

export interface WriterPlace {
  readonly ledger: string
  readonly profile: string
}

/** No time that a daemon's clock shows is written longer. Rules about one record see it as later than all of its data. */
const lastTimeMs: number = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

export class AdmittedRecord implements AdmittedDraft {
  readonly #format: RecordFormat
  readonly #place: WriterPlace
  readonly draft: RecordDraft
  readonly eventId: string
  readonly type: string
  readonly lineBytesMax: number
  #composed: ComposedRecord

  constructor(draft: RecordDraft, format: RecordFormat, place: WriterPlace) {
    this.draft = draft
    this.#format = format
    this.#place = place
    this.#composed = this.#compose(lastTimeMs)
    this.eventId = this.#composed.view.eventId
    this.type = this.#composed.view.type
    this.lineBytesMax = this.#composed.line.length + 1
  }

  /** The record sealed at this time; the same object when asked again. */
  at(timeMs: number): ComposedRecord {
    if (this.#composed.timeMs !== timeMs) this.#composed = this.#compose(timeMs)
    return this.#composed
  }

  /** The record as its turn at this time settles it; from then on `at` this time answers with it. */
  settle(timeMs: number, settled: (record: ObjectNode) => ObjectNode): ComposedRecord {
    this.#composed = this.#compose(timeMs, settled)
    return this.#composed
  }

  /** The record composed last, whatever its time: at first one that is as long as any. */
  get latest(): ComposedRecord {
    return this.#composed
  }

  #compose(timeMs: number, settled?: (record: ObjectNode) => ObjectNode): ComposedRecord {
    const { profile, ledger } = this.#place
    const composed = this.#format.compose(this.draft, timeMs, profile, ledger)
    const record = settled === undefined ? composed : settled(composed)
    const view = this.#format.view(record)
    invariant(view !== undefined, `${this.#format.name} reads the records it composes`)
    const text = formatNode(record, this.#format.dialect)
    invariant(text.ok, `${this.#format.name} composes records that have a text`)
    return { timeMs, record, view, line: encoder.encode(text.text) }
  }
}
