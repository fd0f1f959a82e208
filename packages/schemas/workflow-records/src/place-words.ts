// A place in a file as numbers of a fingerprint table. Offsets take two words: files grow beyond 4 GiB.
import type { Place } from '@ledgerd/schema'

const wordSize = 2 ** 32

/** Three words. */
export function wordsOfPlace({ line, offset }: Place): readonly [number, number, number] {
  return [line, Math.floor(offset / wordSize), offset % wordSize]
}

/** The place whose three words begin at `from`. */
export function placeOfWords(words: readonly number[], from: number): Place {
  return { line: words[from] ?? 0, offset: (words[from + 1] ?? 0) * wordSize + (words[from + 2] ?? 0) }
}
