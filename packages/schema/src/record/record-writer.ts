// The writer of one ledger of records: admission and sealing under one profile.
import { formatNode } from '@ledgerd/canonical'
import type { Dialect, ObjectNode } from '@ledgerd/canonical'
import type { LineWriter, Stamp, WriterOptions } from '../contract.ts'
import { invariant, LedgerError } from '../errors.ts'
import { AdmittedRecord } from './admitted-record.ts'
import type { WriterPlace } from './admitted-record.ts'
import { breachInDraft } from './draft-place.ts'
import { lineBytesMax, lineTooLong, refuseBreaches } from './draft-refusals.ts'
import type { EventTypes } from './event-types.ts'
import { readDraft } from './record-draft.ts'
import type { RecordFormat } from './record-format.ts'
import { recordOf, timeMsOfText } from './record-line.ts'

const lineFeed = 0x0a

/** The profile to write under. Throws CONFIG_INVALID for an unknown one. */
export function profileNamed({ profiles }: RecordFormat, name: string | undefined): string {
  const profile = name ?? profiles[0]
  if (profiles.includes(profile)) return profile
  throw new LedgerError('CONFIG_INVALID', `There is no profile "${profile}"; choose one of ${profiles.join(', ')}.`)
}

export class RecordWriter implements LineWriter<AdmittedRecord> {
  readonly #format: RecordFormat
  readonly #types: EventTypes
  readonly #place: WriterPlace

  /** Throws CONFIG_INVALID for an unknown profile. */
  constructor(format: RecordFormat, types: EventTypes, { ledger, profile }: WriterOptions) {
    this.#format = format
    this.#types = types
    this.#place = { ledger, profile: profileNamed(format, profile) }
  }

  get profile(): string {
    return this.#place.profile
  }

  /** What verify would call wrong about the record alone is refused here, by the same code. */
  admit(bytes: Uint8Array): AdmittedRecord {
    const draft = readDraft(bytes, this.#types)
    refuseBreaches(draft.type, this.#format.judgeDraft(draft))
    const admitted = new AdmittedRecord(draft, this.#format, this.#place)
    const { line, record } = admitted.latest
    if (line.length > lineBytesMax) throw lineTooLong(line.length)
    const { breaches } = this.#format.judgeRecord(record, { ledger: this.#place.ledger, level: 'schema' })
    refuseBreaches(draft.type, breaches, (breach) => breachInDraft(breach, admitted, this.#format))
    return admitted
  }

  seal(admitted: AdmittedRecord, stamp: Stamp, target: Uint8Array, at: number): number {
    const { line } = admitted.at(stamp.timeMs)
    invariant(line.length < admitted.lineBytesMax, 'no time is written longer than the last one')
    invariant(target.length - at > line.length, 'the target has room for the line')
    target.set(line, at)
    target[at + line.length] = lineFeed
    return at + line.length + 1
  }

  /** The record is composed again as of the stored line's time; what then still differs is content. */
  isSameContent(admitted: AdmittedRecord, line: Uint8Array): boolean {
    const stored = recordOf(line)
    const view = stored === undefined ? undefined : this.#format.view(stored)
    if (stored === undefined || view?.eventId !== admitted.eventId) return false
    const { record } = admitted.at(timeMsOfText(view.time) ?? 0)
    const [mine, theirs] = [this.#contentText(record), this.#contentText(stored)]
    return mine !== undefined && mine === theirs
  }

  /** Undefined if the record has no text, which only a foreign one can lack. */
  #contentText(record: ObjectNode): string | undefined {
    const { contentOf, line, dialect } = this.#format
    const content = contentOf?.(record) ?? withoutMember(record, line.time)
    const text = formatNode(content, orderless[dialect] ?? dialect)
    return text.ok ? text.text : undefined
  }
}

/** The dialect to compare in where the dialect of the lines keeps the order of members. */
const orderless: { readonly [Name in Dialect]?: Dialect } = { 'python-ordered': 'python', plain: 'kernel' }

function withoutMember(record: ObjectNode, pointer: string): ObjectNode {
  return { ...record, members: record.members.filter(({ key }) => `/${key}` !== pointer) }
}
