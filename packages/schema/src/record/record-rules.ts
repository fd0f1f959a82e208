// The rules of a family over the records of one ledger as the daemon needs them: rebuilt from lines, asked in the turn
// of each draft.
import type { AdmissionRules, RuleTurn, Stamp } from '../contract.ts'
import type { AdmittedRecord } from './admitted-record.ts'
import { breachInDraft } from './draft-place.ts'
import { refuseBreaches, ruleViolated } from './draft-refusals.ts'
import type { RecordFormat, RecordRules } from './record-format.ts'
import { recordOf } from './record-line.ts'

export class RecordAdmissionRules implements AdmissionRules<AdmittedRecord> {
  readonly #format: RecordFormat
  readonly #rules: RecordRules
  /** Bytes of the lines taken so far: where the next one begins. */
  #offset = 0
  #lines = 0

  constructor(format: RecordFormat, rules: RecordRules) {
    this.#format = format
    this.#rules = rules
  }

  replay(line: Uint8Array): void {
    const record = recordOf(line)
    const view = record === undefined ? undefined : this.#format.view(record)
    const place = { line: this.#lines + 1, offset: this.#offset }
    this.#lines += 1
    this.#offset += line.length + 1
    if (record !== undefined && view !== undefined) this.#rules.take(record, view, place)
  }

  take(admitted: AdmittedRecord, stamp: Stamp): RuleTurn {
    const rules = this.#rules
    const timeMs = rules.settleTime?.(stamp.timeMs) ?? stamp.timeMs
    if (typeof timeMs !== 'number') throw ruleViolated(breachInDraft(timeMs, admitted, this.#format))
    const { record, view, line } =
      rules.settle === undefined
        ? admitted.at(timeMs)
        : admitted.settle(timeMs, (composed) => rules.settle?.(composed) ?? composed)
    const named = rules.judge(record, view).map((breach) => ({ ...breach, rule: breach.rule ?? breach.code }))
    refuseBreaches(view.type, named, (breach) => breachInDraft(breach, admitted, this.#format))
    const undoTake = rules.take(record, view, { line: this.#lines + 1, offset: this.#offset })
    this.#lines += 1
    this.#offset += line.length + 1
    const undo = (): void => {
      undoTake()
      this.#lines -= 1
      this.#offset -= line.length + 1
    }
    return { stamp: { seq: stamp.seq, timeMs }, undo }
  }
}
