// What the checker of the original software says of a file: its verdict or its first complaint, lax as it is. For
// comparison only; nothing of it decides what we accept. Where more than one complaint of a rule applies to one line, the
// order is that of the seed's table, which no known file tells from another.
import { contentHashPattern } from './content-hash.ts'
import { originalModes } from './execution-mode.ts'
import { kernelResultKinds, policyProfileNames } from './ledger-entry.ts'
import { ruleNames } from './rule-names.ts'
import { RunIdSet } from './run-id-set.ts'

type LegacyEntry = Readonly<Record<string, unknown>>

/** It reads with replacement, and keeps a byte order mark. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** All but bundle_sha256, whose absence it takes for a malformed hash. */
const legacyRequired = ['run_id', 'timestamp', 'intent_sha256', 'result_kind', 'accepted', 'mode', 'policy']
const legacyWords: Readonly<Record<string, readonly string[]>> = {
  result_kind: kernelResultKinds,
  mode: originalModes,
  policy: policyProfileNames,
}

/**
 * `PASS n entries`, or the message of the first violation: of the first rule that any line breaks, LD1 before LD2 before
 * LD3 before LD4. Lines are a file's, without LF; it counts those that are not blank. Behind `invalid JSON - ` stand the
 * words of the JavaScript engine that runs this.
 */
export function legacyPrediction(lines: Iterable<Uint8Array | string>): string {
  const order = new LegacyOrder()
  let count = 0
  for (const line of lines) {
    const text = typeof line === 'string' ? line : decoder.decode(line)
    if (text.trim() === '') continue
    count++
    const entry = legacyParse(text)
    const fault = typeof entry === 'string' ? entry : legacyFormFault(entry)
    if (fault !== undefined) return `LEDGER_SPEC_VIOLATION: ${ruleNames.ld1}: Line ${count}: ${fault}`
    order.take(entry as LegacyEntry, count)
  }
  const { violation } = order
  return violation === undefined ? `PASS ${count} entries` : `LEDGER_SPEC_VIOLATION: ${violation}`
}

/** The entry, or what is wrong. */
function legacyParse(text: string): LegacyEntry | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return `invalid JSON - ${error instanceof Error ? error.message : String(error)}`
  }
  if (typeof value === 'object' && value !== null) return value as LegacyEntry
  return `invalid JSON - Cannot use 'in' operator to search for 'run_id' in ${String(value)}`
}

function legacyFormFault(entry: LegacyEntry): string | undefined {
  const missing = legacyRequired.find((key) => !(key in entry))
  if (missing !== undefined) return `missing required field '${missing}'`
  for (const [key, words] of Object.entries(legacyWords))
    if (!words.includes(entry[key] as string)) return `invalid ${key} '${String(entry[key])}'`
  return undefined
}

/** The rules that look at lines that all passed LD1: the first violation of each. */
class LegacyOrder {
  readonly #runIds: RunIdSet = new RunIdSet()
  #last: { readonly timestamp: unknown; readonly count: number } | undefined
  #ld2: string | undefined
  #ld3: string | undefined
  #ld4: string | undefined

  get violation(): string | undefined {
    return this.#ld2 ?? this.#ld3 ?? this.#ld4
  }

  take(entry: LegacyEntry, count: number): void {
    const { timestamp, run_id: runId } = entry
    const last = this.#last
    // Date rolls impossible days over, and what it cannot read compares as false.
    if (last !== undefined && new Date(timestamp as string) < new Date(last.timestamp as string))
      this.#ld2 ??=
        `${ruleNames.ld2}: Entry ${count}: timestamp ${String(timestamp)} is before ` +
        `entry ${last.count} timestamp ${String(last.timestamp)}`
    this.#last = { timestamp, count }
    if (!this.#runIds.add(`${typeof runId} ${String(runId)}`))
      this.#ld3 ??= `${ruleNames.ld3}: Entry ${count}: duplicate run_id '${String(runId)}'`
    const malformed = ['intent_sha256', 'bundle_sha256'].find((key) => !legacyIsContentHash(entry[key]))
    if (malformed !== undefined) this.#ld4 ??= `${ruleNames.ld4}: Entry ${count}: invalid ${malformed} format`
  }
}

/** Null passes, in either field. */
function legacyIsContentHash(value: unknown): boolean {
  return value === null || (typeof value === 'string' && contentHashPattern.test(value))
}
