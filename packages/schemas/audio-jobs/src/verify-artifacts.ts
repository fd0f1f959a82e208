// Whether the files that records refer to are still there and still what they were: the references of a stream of lines,
// each looked up in one store.
import { parse } from '@ledgerd/canonical'
import { type ArtifactCounts, ArtifactLookup, type ContentStore, type Finding, type Place } from '@ledgerd/schema'
import { artifactsOf } from './reference.ts'

export interface PlacedLine {
  /** Without LF. */
  readonly bytes: Uint8Array
  readonly place: Place
}

/** What was looked at. */
export interface ArtifactCoverage extends ArtifactCounts {
  readonly lines: number
  /** Lines that are no JSON object; what they refer to is not known. */
  readonly unreadableLines: number
}

/**
 * Looks up every reference of every line and reports E `artifact-missing` and `artifact-mismatch`, W
 * `artifact-unreadable`, and I `artifact-unchecked` for what can only be named. Streams: one file at a time, in constant
 * memory. Findings of form belong to the checker.
 */
export async function verifyArtifacts(
  lines: Iterable<PlacedLine> | AsyncIterable<PlacedLine>,
  store: ContentStore,
  report: (finding: Finding) => void,
): Promise<ArtifactCoverage> {
  const lookup = new ArtifactLookup(store)
  let [lineCount, unreadableLines] = [0, 0]
  for await (const { bytes, place } of lines) {
    lineCount++
    const result = parse(bytes, { allowNonFinite: true })
    if (!result.ok || result.root.kind !== 'object') {
      unreadableLines++
      continue
    }
    for (const reference of artifactsOf(result.root)) {
      const finding = await lookup.check(reference, place)
      if (finding !== undefined) report(finding)
    }
  }
  return { lines: lineCount, unreadableLines, ...lookup.counts }
}
