// The invariants over the entries of one ledger: times do not go back (LD2), run ids do not come back (LD3), and a file
// keeps to one vocabulary of modes. The same object serves admission and verify; it holds fingerprints, never entries.
import type { ObjectNode } from '@ledgerd/canonical'
import type { Breach, PlacedBreach, Place, RecordRules, RecordView } from '@ledgerd/schema'
import { type ModeVocabulary, modeVocabularyOf } from './execution-mode.ts'
import { FutureStamps } from './future-stamps.ts'
import { textOf } from './entry-text.ts'
import { ruleNames } from './rule-names.ts'
import { compareInstants, formatTimestamp, readInstant, type RunInstant, wholeMs } from './run-instant.ts'
import { RunIdSet } from './run-id-set.ts'

/** A ledger this far ahead of the clock takes no entries: one wrong stamp would falsify every later one. */
export const clockLagMaxMs = 300_000

/** What is to be restored when an entry is forgotten again. */
interface Memory {
  readonly last: { readonly time: string; readonly instant: RunInstant } | undefined
  readonly vocabulary: ModeVocabulary | undefined
  readonly isMixed: boolean
}

export class RunRules implements RecordRules {
  readonly #runIds: RunIdSet = new RunIdSet()
  readonly #future: FutureStamps = new FutureStamps(clockLagMaxMs)
  /** The vocabulary that new entries must keep to; undefined where no one writes. */
  readonly #written: ModeVocabulary | undefined
  /** The time read last: an entry is judged just before it is taken. */
  #read: { readonly time: string; readonly instant: RunInstant | undefined } | undefined
  #memory: Memory = { last: undefined, vocabulary: undefined, isMixed: false }

  constructor(written: ModeVocabulary | undefined) {
    this.#written = written
  }

  judge(record: ObjectNode, view: RecordView): readonly Breach[] {
    return [this.#judgeTime(view.time), this.#judgeRunId(view.eventId), this.#judgeMode(record)].filter(
      (breach) => breach !== undefined,
    )
  }

  take(record: ObjectNode, view: RecordView, place: Place): () => void {
    const before = this.#memory
    const vocabulary = modeVocabularyOf(textOf(record, 'mode') ?? '')
    const instant = this.#instantOf(view.time)
    this.#memory = {
      last: instant === undefined ? before.last : { time: view.time, instant },
      vocabulary: before.vocabulary ?? vocabulary,
      isMixed: before.isMixed || this.#isOther(vocabulary),
    }
    const isNew = this.#runIds.add(view.eventId)
    const undoFuture = instant === undefined ? undefined : this.#future.take(instant, view.time, place)
    return () => {
      this.#memory = before
      undoFuture?.()
      if (isNew) this.#runIds.remove(view.eventId)
    }
  }

  /** max(now, last entry), so that LD2 holds; a breach if the last entry lies too far ahead of the clock. */
  settleTime(timeMs: number): number | Breach {
    const { last } = this.#memory
    if (last === undefined) return timeMs
    const lastMs = wholeMs(last.instant)
    if (lastMs - timeMs <= clockLagMaxMs) return Math.max(timeMs, lastMs)
    const message =
      `The last entry is stamped ${last.time}, more than ${clockLagMaxMs / 60_000} minutes ahead of the clock of the ` +
      'daemon. Set the clock right; if the stamp is wrong, begin a new ledger'
    const facts = { expected: `not before ${last.time}`, found: formatTimestamp(timeMs) }
    return { code: 'clock-behind-ledger', severity: 'E', path: '/timestamp', ...facts, message: `${message}.` }
  }

  finish(): readonly PlacedBreach[] {
    return this.#future.breaches()
  }

  #judgeTime(time: string): Breach | undefined {
    const { last } = this.#memory
    const instant = this.#instantOf(time)
    if (last === undefined || instant === undefined || compareInstants(instant, last.instant) >= 0) return undefined
    const message = `The timestamp ${time} is before that of the entry above, ${last.time}.`
    const facts = { path: '/timestamp', rule: ruleNames.ld2, expected: `not before ${last.time}`, found: time }
    return { code: 'timestamp-backwards', severity: 'E', ...facts, message }
  }

  #judgeRunId(runId: string): Breach | undefined {
    if (!this.#runIds.has(runId)) return undefined
    const message = 'An earlier entry has the same run_id.'
    const facts = { path: '/run_id', rule: ruleNames.ld3, found: runId }
    return { code: 'duplicate-run-id', severity: 'E', ...facts, message }
  }

  #judgeMode(record: ObjectNode): Breach | undefined {
    const mode = textOf(record, 'mode') ?? ''
    const vocabulary = modeVocabularyOf(mode)
    if (vocabulary === undefined) return undefined
    if (this.#written !== undefined && vocabulary !== this.#written) {
      const message = `"${mode}" is a mode of the ${vocabulary} vocabulary; this ledger is written in ${this.#written}.`
      return { code: 'mode-vocabulary', severity: 'E', path: '/mode', expected: this.#written, found: mode, message }
    }
    if (this.#memory.isMixed || !this.#isOther(vocabulary)) return undefined
    const message = `From here on the file mixes modes of the vocabularies ${this.#memory.vocabulary} and ${vocabulary}.`
    return { code: 'mode-vocabulary-mixed', severity: 'W', path: '/mode', variant: vocabulary, found: mode, message }
  }

  #instantOf(time: string): RunInstant | undefined {
    if (this.#read?.time !== time) this.#read = { time, instant: readInstant(time) }
    return this.#read.instant
  }

  #isOther(vocabulary: ModeVocabulary | undefined): boolean {
    const { vocabulary: first } = this.#memory
    return vocabulary !== undefined && first !== undefined && vocabulary !== first
  }
}
