// Collects the findings of one line.
import type { Place } from '../contract.ts'
import type { Finding, Severity } from '../finding.ts'
import type { Breach } from './record-format.ts'

/** Findings that do not fail a line in any family (formats §1.5); every other code is an error unless said otherwise. */
const sharedSeverities: Readonly<Record<string, Severity>> = {
  crlf: 'W',
  'lone-surrogate': 'W',
  'non-finite-number': 'W',
  'event-version-unknown': 'I',
  'not-canonical': 'I',
  'unknown-event-type': 'I',
}

export interface FindingFacts {
  readonly path?: string
  readonly rule?: string
  readonly expected?: string
  readonly found?: string
}

const none: readonly Finding[] = []

export class FindingList {
  readonly #place: Place
  readonly #severities: Readonly<Record<string, Severity>>
  #findings: Finding[] | undefined

  /** `severities` are those of the family's own codes, and of shared ones that it takes otherwise. */
  constructor(place: Place, severities: Readonly<Record<string, Severity>> = {}) {
    this.#place = place
    this.#severities = severities
  }

  add(code: string, message: string, facts: FindingFacts = {}): void {
    const severity = this.#severities[code] ?? sharedSeverities[code] ?? 'E'
    this.addBreach({ code, severity, ...facts, message })
  }

  addBreach({ code, severity, ...facts }: Breach): void {
    this.#findings ??= []
    const { line, offset } = this.#place
    this.#findings.push({ code, severity, line, offset, ...facts })
  }

  get all(): readonly Finding[] {
    return this.#findings ?? none
  }
}
