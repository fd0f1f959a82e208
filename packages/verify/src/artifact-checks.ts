// The level `artifacts`: what the lines of a run refer to, looked up in the store that was named. Which places those are
// the schema says; a run without a store, or a schema without such places, says so instead.
import { ArtifactLookup, type ContentStore, type LedgerSchema, type Place } from '@ledgerd/schema'
import type { FindingLog } from './finding-log.ts'
import type { LevelResult } from './report.ts'

export class ArtifactChecks {
  readonly #schema: LedgerSchema
  readonly #lookup: ArtifactLookup | undefined
  readonly #log: FindingLog

  constructor(schema: LedgerSchema, store: ContentStore | undefined, log: FindingLog) {
    this.#schema = schema
    this.#lookup = store === undefined ? undefined : new ArtifactLookup(store)
    this.#log = log
  }

  /** Looks up what one line refers to. The bytes are read before the first wait. */
  async check(line: Uint8Array, place: Place): Promise<void> {
    if (this.#lookup === undefined || this.#schema.artifactsOf === undefined) return
    for (const reference of this.#schema.artifactsOf(line)) {
      const finding = await this.#lookup.check(reference, place)
      if (finding !== undefined) this.#log.add(finding)
    }
  }

  /** Failed by one file that is missing or another; not checked while one could not be read. */
  result({ isWhole, isStrict, lines }: { isWhole: boolean; isStrict: boolean; lines: number }): LevelResult {
    if (this.#schema.artifactsOf === undefined)
      return { state: 'not-checked', detail: `${this.#schema.name} declares no artifacts` }
    if (this.#lookup === undefined)
      return { state: 'not-checked', detail: 'no content store was named: --artifacts FOLDER names one' }
    const { references, verified, byName, missing, mismatched, unchecked, unreadable } = this.#lookup.counts
    const shown: readonly (readonly [number, string])[] = [
      [verified, 're-hashed and right'],
      [byName, 'present by name only'],
      [mismatched, 'with other bytes'],
      [missing, 'missing'],
      [unreadable, 'not readable'],
      [unchecked - unreadable, 'not whole, so not looked up'],
    ]
    const clauses = shown.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`)
    const detail = references === 0 ? 'the lines refer to no file' : `of ${references} references ${clauses.join(', ')}`
    if (missing + mismatched > 0 || (isStrict && unreadable > 0)) return { state: 'failed', detail }
    if (!isWhole) return { state: 'not-checked', detail: `stopped after line ${lines}; ${detail}` }
    return { state: unreadable > 0 ? 'not-checked' : 'ok', detail }
  }
}
