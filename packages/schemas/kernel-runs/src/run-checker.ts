// Two things this family says in its own way about the form of lines: CR LF, which the seed forbids, once per file and
// with a count, and lines that are no entry under the name of the rule that they break (formats §3.4).
import type { Finding, LineChecker, LineVerdict, Place } from '@ledgerd/schema'
import { ruleNames } from './rule-names.ts'

/** What LD1 rules out before any field can be looked at. */
const noEntryCodes: ReadonlySet<string> = new Set(['json-invalid', 'glued-records', 'nul-bytes', 'not-an-object'])

export class RunChecker implements LineChecker {
  readonly #records: LineChecker
  #firstCrlf: Finding | undefined
  #crlfCount = 0

  /** `records` is what the record engine makes of the family. */
  constructor(records: LineChecker) {
    this.#records = records
  }

  check(line: Uint8Array, place: Place): LineVerdict {
    const verdict = this.#records.check(line, place)
    if (verdict.findings.length === 0) return verdict
    return { ...verdict, findings: verdict.findings.filter((finding) => !this.#isCounted(finding)).map(named) }
  }

  finish(): readonly Finding[] {
    const rest = this.#records.finish()
    if (this.#firstCrlf === undefined) return rest
    const lines = this.#crlfCount === 1 ? 'One line ends' : `${this.#crlfCount} lines end`
    return [{ ...this.#firstCrlf, message: `${lines} in CR LF; this is the first.` }, ...rest]
  }

  #isCounted(finding: Finding): boolean {
    if (finding.code !== 'crlf') return false
    this.#firstCrlf ??= finding
    this.#crlfCount++
    return true
  }
}

function named(finding: Finding): Finding {
  return noEntryCodes.has(finding.code) ? { ...finding, rule: ruleNames.ld1 } : finding
}
