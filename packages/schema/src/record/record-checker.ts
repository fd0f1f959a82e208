// Checks the lines of one ledger of records in order: the form that all families share, what the family says of each
// record alone, and at level 'schema' payloads, identities and the rules over the records so far.
import { formatNode } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import type { CheckOptions, LineChecker, LineVerdict, Place } from '../contract.ts'
import type { Finding } from '../finding.ts'
import { hasText } from '../canonical-walk.ts'
import { IdentitySet } from '../identity-set.ts'
import { schemaIssues } from '../schema-issues.ts'
import type { EventTypes } from './event-types.ts'
import { FindingList } from './finding-list.ts'
import { readRecord, withoutCarriageReturn } from './line-form.ts'
import { plainValue } from './member-node.ts'
import type { RecordFormat, RecordRules, RecordView } from './record-format.ts'
import { payloadPointer } from './record-line.ts'

const encoder = new TextEncoder()

export class RecordChecker implements LineChecker {
  readonly #format: RecordFormat
  readonly #types: EventTypes
  readonly #ledger: string
  readonly #level: 'lines' | 'schema'
  readonly #identities: IdentitySet = new IdentitySet()
  readonly #rules: RecordRules | undefined

  constructor(format: RecordFormat, types: EventTypes, { ledger, level = 'schema' }: CheckOptions) {
    this.#format = format
    this.#types = types
    this.#ledger = ledger
    this.#level = level
    this.#rules = level === 'schema' ? format.openRules?.(ledger, undefined) : undefined
  }

  check(line: Uint8Array, place: Place): LineVerdict {
    const { crlfSeverity, readsNonFinite, payloadSeverity = 'E' } = this.#format
    const findings = new FindingList(place, {
      crlf: crlfSeverity,
      'payload-invalid': payloadSeverity,
      ...(readsNonFinite ? {} : { 'non-finite-number': 'E' }),
    })
    const bytes = withoutCarriageReturn(line, findings)
    const record = readRecord(bytes, findings, { allowNonFinite: readsNonFinite })
    if (record === undefined) return { findings: findings.all, variant: undefined, eventId: undefined, type: undefined }
    if (this.#format.isSpellingFixed) this.#examineSpelling(bytes, record, findings)
    const isPlain = this.#format.isSpellingFixed && this.#format.dialect === 'python' && findings.all.length === 0
    const { breaches, variant } = this.#format.judgeRecord(record, { ledger: this.#ledger, level: this.#level })
    for (const breach of breaches) findings.addBreach(breach)
    const view = this.#format.view(record)
    if (view === undefined && !findings.all.some(({ severity }) => severity === 'E'))
      findings.add('record-unreadable', `The record cannot be read as an event of ${this.#format.family}.`)
    if (view !== undefined && this.#level === 'schema') {
      this.#examinePayload(record, view, isPlain ? bytes : undefined, findings)
      this.#examineTurn(record, view, place, findings)
    }
    return { findings: findings.all, variant, eventId: view?.eventId, type: view?.type }
  }

  finish(): readonly Finding[] {
    return (this.#rules?.finish?.() ?? []).map(({ place, ...breach }) => {
      const findings = new FindingList(place)
      findings.addBreach(breach)
      return findings.all[0]!
    })
  }

  #examineSpelling(line: Uint8Array, record: ObjectNode, findings: FindingList): void {
    const text = formatNode(record, this.#format.dialect)
    if (!text.ok) return
    const canonical = encoder.encode(text.text)
    if (canonical.length !== line.length || !hasText(line, 0, canonical))
      findings.add('not-canonical', 'The line is not spelled as its canonical text; its value counts.')
  }

  #examineTurn(record: ObjectNode, view: RecordView, place: Place, findings: FindingList): void {
    if (this.#format.hasIdentityRule !== true && !this.#identities.add(view.eventId))
      findings.add('duplicate-event-id', 'An earlier line has the same identity.', {
        path: this.#format.line.identity[0],
        found: view.eventId,
      })
    if (this.#rules === undefined) return
    for (const breach of this.#rules.judge(record, view)) findings.addBreach(breach)
    this.#rules.take(record, view, place)
  }

  /**
   * A place of which the family has said what is wrong with it is not named again. `plain` is the line if it is known to
   * be canonical `python` text.
   */
  #examinePayload(record: ObjectNode, view: RecordView, plain: Uint8Array | undefined, findings: FindingList): void {
    const { type: name, version, data } = view
    const type = this.#types.find(name)
    const known = type?.find(version)
    if (type === undefined) {
      findings.add(
        'unknown-event-type',
        `"${name}" has no payload schema; its data is not checked.`,
        pathOf(this.#format.typePath),
      )
    } else if (known === undefined) {
      const message = `${name} is known up to version ${type.newest}; the data of this line is not checked.`
      const facts = { expected: String(type.newest), found: String(version) }
      findings.add('event-version-unknown', message, { ...pathOf(this.#format.line.version), ...facts })
    } else if (plain === undefined || data.start === -1 || !known.shape.fits(plain, data.start, data.end)) {
      const named = new Set(findings.all.map(({ path }) => path))
      for (const { path, message } of schemaIssues(known.model, plainValue(data), payloadPointer(record, data)))
        if (!named.has(path)) findings.add('payload-invalid', `Not a valid ${name}: ${message}.`, { path })
    }
  }
}

function pathOf(path: string | undefined): { readonly path?: string } {
  return path === undefined ? {} : { path }
}
