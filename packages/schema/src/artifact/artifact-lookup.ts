// Whether the files that lines refer to are still there and still what they were. A digest is recomputed over the file; a
// CID is an opaque name, so that only its presence can be shown (formats §5.1).
import { openHash } from '@ledgerd/canonical'
import type { Place } from '../contract.ts'
import type { Finding } from '../finding.ts'
import { type ArtifactReference, wholeReference } from './artifact-reference.ts'
import type { ContentStore } from './content-store.ts'

/** How references came out. Every one counts, also one that was met before. */
export interface ArtifactCounts {
  readonly references: number
  /** Files whose digest was recomputed and is right. */
  readonly verified: number
  /** Present under their CID; their bytes were not checked. */
  readonly byName: number
  readonly missing: number
  readonly mismatched: number
  /** Not whole, or not readable. */
  readonly unchecked: number
  /** Of the unchecked, those that the store has and could not give. */
  readonly unreadable: number
}

type Verdict = 'verified' | 'byName' | 'missing' | { readonly digest: string } | { readonly fault: string }

/** Verdicts kept, so that a container image named by every line is read once; the oldest go first. */
const verdictsMax = 65_536

/** Looks up references in one store, one file at a time, in constant memory. */
export class ArtifactLookup {
  readonly #store: ContentStore
  readonly #verdicts: Map<string, Verdict> = new Map()
  readonly #counts = { references: 0, verified: 0, byName: 0, missing: 0, mismatched: 0, unchecked: 0, unreadable: 0 }

  constructor(store: ContentStore) {
    this.#store = store
  }

  get counts(): ArtifactCounts {
    return { ...this.#counts }
  }

  /**
   * Looks up one reference. E `artifact-missing` and `artifact-mismatch`; W `artifact-unreadable` when the store could not
   * answer, which says nothing about the file; I `artifact-unchecked` for what can only be named. Never throws.
   */
  async check(reference: ArtifactReference, place: Place): Promise<Finding | undefined> {
    this.#counts.references++
    const whole = wholeReference(reference)
    const verdict = whole === undefined ? undefined : await this.#lookUp(whole)
    this.#counts[countOf(verdict)]++
    if (typeof verdict === 'object' && 'fault' in verdict) this.#counts.unreadable++
    const facts = findingOf(verdict, whole ?? reference.text ?? '')
    return facts === undefined ? undefined : { ...place, path: reference.path, ...facts }
  }

  async #lookUp(reference: string): Promise<Verdict> {
    const known = this.#verdicts.get(reference)
    if (known !== undefined) return known
    const verdict = await examine(reference, this.#store)
    if (this.#verdicts.size >= verdictsMax) {
      const [oldest = reference] = this.#verdicts.keys()
      this.#verdicts.delete(oldest)
    }
    this.#verdicts.set(reference, verdict)
    return verdict
  }
}

async function examine(reference: string, store: ContentStore): Promise<Verdict> {
  try {
    const file = await store.open(reference)
    if (file === undefined) return 'missing'
    if (reference.startsWith('cid:')) return 'byName'
    const algo = reference.startsWith('sha1:') ? 'sha1' : 'sha256'
    const hash = openHash(algo)
    for await (const chunk of file) hash.update(chunk)
    const digest = `${algo}:${hash.hex()}`
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
  if ('fault' in verdict) {
    const message = `The file could not be read, so nothing was decided: ${verdict.fault}`
    return { code: 'artifact-unreadable', severity: 'W', expected: reference, message }
  }
  const message = 'The file under this reference has other bytes.'
  return { code: 'artifact-mismatch', severity: 'E', expected: reference, found: verdict.digest, message }
}
