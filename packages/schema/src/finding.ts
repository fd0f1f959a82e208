// What a check has to say about one place of a ledger file. Verifier findings are kebab-case and never share a name
// with an error code (client.md §6 of the design, formats §1.5).

/** E: the line is wrong. W: tolerated, an error in strict mode. I: said for information, never fails. */
export type Severity = 'E' | 'W' | 'I'

export interface Finding {
  /** Kebab-case, stable, listed in docs/findings.md. */
  readonly code: string
  readonly severity: Severity
  /** Physical line number, from 1, counting blank lines. 0 when the finding is about the whole file. */
  readonly line: number
  /** Zero-based byte offset of the start of that line. */
  readonly offset: number
  /** RFC 6901 pointer into the line's value. */
  readonly path?: string
  /** The family's own name of the rule, such as LD2_MONOTONIC_TIMESTAMPS. */
  readonly rule?: string
  readonly variant?: string
  /** For hash mismatches: what the bytes should hash to and what they claim. */
  readonly expected?: string
  readonly found?: string
  readonly message: string
}
