// Collects the findings of one line.
import type { Finding, Place, Severity } from '@ledgerd/schema'

/** Findings of this family that do not fail a line (formats §1.5, §2.2); every other code is an error. */
const severities: Readonly<Record<string, Severity>> = {
  crlf: 'W',
  'event-id-format': 'W',
  'event-type-format': 'W',
  'lone-surrogate': 'W',
  'non-finite-number': 'W',
  'orphan-translation': 'W',
  'payload-invalid': 'W',
  'schema-version-unsupported': 'W',
  'state-gap': 'W',
  'unknown-field': 'W',
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
  #findings: Finding[] | undefined

  constructor(place: Place) {
    this.#place = place
  }

  add(code: string, message: string, facts: FindingFacts = {}): void {
    this.#findings ??= []
    const { line, offset } = this.#place
    this.#findings.push({ code, severity: severities[code] ?? 'E', line, offset, ...facts, message })
  }

  get all(): readonly Finding[] {
    return this.#findings ?? none
  }
}
