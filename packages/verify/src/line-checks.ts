// Everything that is said about single lines: blank ones, too long ones, the last one without its LF, and what the
// family's checker says about all others.
import { isBlank, type SplitLine } from '@ledgerd/canonical'
import type { Finding, LedgerSchema, LineChecker } from '@ledgerd/schema'
import type { FindingLog } from './finding-log.ts'
import { levelOf } from './level.ts'

export interface LineCheckOptions {
  readonly schema: LedgerSchema
  readonly ledger: string
  readonly level: 'lines' | 'schema'
  readonly log: FindingLog
  readonly lineBytesMax: number
  /** How much of the file was acknowledged, if that is known: what lacks of it is no crash's doing. */
  readonly acknowledgedBytes?: number | undefined
}

const thoughAcknowledged = 'acknowledged whole: this is no cut-off write, and ledgerd takes no appends to such a file'

export class LineChecks {
  readonly #options: LineCheckOptions
  readonly #checker: LineChecker
  /** Lines per variant, in the order first seen. */
  readonly variants: Map<string, number> = new Map()
  /** Lines that are not blank. */
  recordCount = 0
  lastEventId: string | undefined
  /** Whether the last line that is not blank has an error of form. */
  isLastLineWrong = false
  isLastLineUnterminated = false

  constructor(options: LineCheckOptions) {
    this.#options = options
    this.#checker = options.schema.openChecker({ ledger: options.ledger, level: options.level })
  }

  /** Checks one whole line. */
  check(split: SplitLine, line: number): void {
    const { offset, bytes } = split
    if (split.isTooLong) {
      this.recordCount++
      this.isLastLineWrong = true
      this.lastEventId = undefined
      const message = `the line is longer than ${this.#options.lineBytesMax} bytes and was not read`
      this.#options.log.add({ code: 'line-too-long', severity: 'E', line, offset, message })
      return
    }
    const first = bytes.length === 0 ? 0x0a : (bytes[0] as number)
    if (first <= 0x20 && isBlank(bytes)) {
      this.#options.log.add({ code: 'blank-line', severity: 'I', line, offset, message: 'the line is blank' })
      return
    }
    const verdict = this.#checker.check(bytes, { line, offset })
    this.recordCount++
    this.isLastLineWrong = verdict.findings.length > 0 && verdict.findings.some(isFormError)
    this.lastEventId = verdict.eventId
    if (verdict.variant !== undefined) this.variants.set(verdict.variant, (this.variants.get(verdict.variant) ?? 0) + 1)
    for (const finding of verdict.findings) this.#options.log.add(finding)
  }

  /**
   * Looks at what stands behind the last LF: `record` if it is one complete valid record and was checked as a line,
   * `blank`, or `torn` (formats §1.1).
   */
  checkLast(split: SplitLine, line: number): 'record' | 'blank' | 'torn' {
    const { offset, bytes } = split
    if (!split.isTooLong && isBlank(bytes)) {
      this.check(split, line)
      return 'blank'
    }
    if (split.isTooLong || !this.#isCompleteRecord(bytes, line, offset)) {
      this.isLastLineWrong = true
      const message = this.#isAcknowledged(split)
        ? `the last line ends in the middle of a record that was ${thoughAcknowledged}`
        : 'the last line ends in the middle of a record: a write was cut off. This is not tampering; ledgerd sets the ' +
          'bytes aside when it opens the ledger'
      this.#options.log.add({ code: 'torn-tail', severity: 'E', line, offset, message })
      return 'torn'
    }
    this.check(split, line)
    this.isLastLineUnterminated = true
    const message = this.#isAcknowledged(split)
      ? `the last line is complete but has lost its line feed, which was ${thoughAcknowledged}`
      : 'the last line is complete but has no line feed; ledgerd adds it when it opens the ledger'
    this.#options.log.add({ code: 'unterminated-line', severity: 'W', line, offset, message })
    return 'record'
  }

  finish(): void {
    for (const finding of this.#checker.finish()) this.#options.log.add(finding)
  }

  /** True if the LF of the line was acknowledged along with it. */
  #isAcknowledged({ offset, bytes }: SplitLine): boolean {
    return offset + bytes.length < (this.#options.acknowledgedBytes ?? 0)
  }

  #isCompleteRecord(bytes: Uint8Array, line: number, offset: number): boolean {
    const { schema, ledger } = this.#options
    const verdict = schema.openChecker({ ledger, level: 'lines' }).check(bytes, { line, offset })
    return !verdict.findings.some((finding) => finding.severity === 'E')
  }
}

function isFormError(finding: Finding): boolean {
  return finding.severity === 'E' && levelOf(finding) === 'lines'
}
