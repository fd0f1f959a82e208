// One place of a line that refers to a file by its content, and when it does so as a whole.
import type { HashAlgo } from '../field.ts'

export interface ArtifactReference {
  /** RFC 6901 pointer into the line's value. */
  readonly path: string
  readonly algo: HashAlgo | 'cid'
  /** As it stands there, with or without its algorithm in front; undefined if it is no text. */
  readonly text: string | undefined
}

/** The reference as a store is asked for it: `sha256:<hex>`, `cid:<id>`. Undefined for one that is shortened or no reference. */
export function wholeReference({ algo, text }: Pick<ArtifactReference, 'algo' | 'text'>): string | undefined {
  if (text === undefined) return undefined
  const name = text.startsWith(`${algo}:`) ? text.slice(algo.length + 1) : text
  return patterns[algo].test(name) && !isElided(name) ? `${algo}:${name}` : undefined
}

/** An id is opaque, but one word: no blanks, no control characters. */
const patterns: Readonly<Record<ArtifactReference['algo'], RegExp>> = {
  sha256: /^[0-9a-f]{64}$/,
  sha1: /^[0-9a-f]{40}$/,
  cid: /^[^\s\p{Cc}]+$/u,
}

/** Written by a person who left out the middle. */
function isElided(text: string): boolean {
  return text.includes('...') || text.includes('…')
}
