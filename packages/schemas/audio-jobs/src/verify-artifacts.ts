// Whether the files that records refer to are still there and still what they were. A digest is recomputed over the
// file; a CID is an opaque name, so that only its presence can be shown (formats §5.1).
import { openHash, parse } from '@ledgerd/canonical'
import type { Finding, Place } from '@ledgerd/schema'
import type { ContentStore } from './content-store.ts'
import { isReference, referencesOf } from './reference.ts'

export interface PlacedLine {
  /** Without LF. */
  readonly bytes: Uint8Array
  readonly place: Place
}

/** What was looked at. Every reference counts, also one that was met before. */
export interface ArtifactCoverage {
  readonly lines: number
  /** Lines that are no JSON object; what they refer to is not known. */
  readonly unreadableLines: number
  readonly references: number
  /** Files whose digest was recomputed and is right. */
  readonly verified: number
  /** Present under their CID; their bytes were not checked. */
  readonly byName: number
  readonly missing: number
  readonly mismatched: number
  /** Not whole, or not readable. */
  readonly unchecked: number
}

type Verdict = 'verified' | 'byName' | 'missing' | { readonly digest: string } | { readonly fault: string }

/** Verdicts kept, so that a container image named by every line is read once; the oldest go first. */
const verdictsMax = 65_536

/**
 * Looks up every reference of every line and reports E `artifact-missing`, `artifact-mismatch` and `io-error`, and I
 * `artifact-unchecked` for what can only be named. Streams: one file at a time, in constant memory. Findings of form
 * belong to the checker.
 */
export async function verifyArtifacts(
  lines: Iterable<PlacedLine> | AsyncIterable<PlacedLine>,
  store: ContentStore,
  report: (finding: Finding) => void,
): Promise<ArtifactCoverage> {
  const verdicts: Map<string, Verdict> = new Map()
  const counts = { verified: 0, byName: 0, missing: 0, mismatched: 0, unchecked: 0 }
  let [lineCount, unreadableLines, references] = [0, 0, 0]
  for await (const { bytes, place } of lines) {
    lineCount++
    const result = parse(bytes, { allowNonFinite: true })
    if (!result.ok || result.root.kind !== 'object') {
      unreadableLines++
      continue
    }
    for (const { path, node } of referencesOf(result.root)) {
      references++
      const reference = node.kind === 'string' ? node.value : ''
      const verdict = isReference(reference) ? await lookUp(reference, store, verdicts) : undefined
      counts[countOf(verdict)]++
      const finding = findingOf(verdict, reference)
      if (finding !== undefined) report({ ...place, path, ...finding })
    }
  }
  return { lines: lineCount, unreadableLines, references, ...counts }
}

async function lookUp(reference: string, store: ContentStore, verdicts: Map<string, Verdict>): Promise<Verdict> {
  const known = verdicts.get(reference)
  if (known !== undefined) return known
  const verdict = await examine(reference, store)
  if (verdicts.size >= verdictsMax) {
    const [oldest = reference] = verdicts.keys()
    verdicts.delete(oldest)
  }
  verdicts.set(reference, verdict)
  return verdict
}

async function examine(reference: string, store: ContentStore): Promise<Verdict> {
  try {
    const file = await store.open(reference)
    if (file === undefined) return 'missing'
    if (reference.startsWith('cid:')) return 'byName'
    const hash = openHash('sha256')
    for await (const chunk of file) hash.update(chunk)
    const digest = `sha256:${hash.hex()}`
    return digest === reference ? 'verified' : { digest }
  } catch (error) {
    // A store that cannot answer says nothing about the file; neither missing nor right.
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

function countOf(verdict: Verdict | undefined): 'verified' | 'byName' | 'missing' | 'mismatched' | 'unchecked' {
  if (verdict === undefined) return 'unchecked'
  if (typeof verdict === 'string') return verdict
  return 'digest' in verdict ? 'mismatched' : 'unchecked'
}

function findingOf(
  verdict: Verdict | undefined,
  reference: string,
): Pick<Finding, 'code' | 'severity' | 'expected' | 'found' | 'message'> | undefined {
  if (verdict === 'verified') return undefined
  if (verdict === undefined)
    return {
      code: 'artifact-unchecked',
      severity: 'I',
      found: reference,
      message: 'No whole reference; nothing was looked up.',
    }
  if (verdict === 'byName') {
    const message = 'A file has this name; what a CID says of its bytes was not checked.'
    return { code: 'artifact-unchecked', severity: 'I', found: reference, message }
  }
  if (verdict === 'missing')
    return { code: 'artifact-missing', severity: 'E', expected: reference, message: 'The store has no such file.' }
  if ('fault' in verdict)
    return {
      code: 'io-error',
      severity: 'E',
      found: reference,
      message: `The file could not be read: ${verdict.fault}`,
    }
  const message = 'The file under this reference has other bytes.'
  return { code: 'artifact-mismatch', severity: 'E', expected: reference, found: verdict.digest, message }
}
