// Chunk hashes: our own extension of an `artifact` event, by which two builds tell where their orderings part. Each is
// the running ordering hash at the end of a chunk, so builds with different chunks are compared at the lines they share,
// and a hasher may thin them out while it streams. Never part of `orderingLedger`.

// A type and a mutable array, so that it can stand in the data of a draft as it is.
export type ChunkHashes = {
  /** Lines of one chunk. */
  readonly chunkLines: number
  /** SHA-1 of the first `chunkLines`, twice that, three times that … lines: 40 lower-case hex digits each. */
  readonly hashes: string[]
}

const prefix = 'sha1:'

/** At most so many are recorded: with 43 bytes each, the record stays below the limit of a line. */
export const chunkHashesMax: number = 1024

/** Lines of both orderings among which the first difference is, from 1, both ends included. */
export interface LineRange {
  readonly firstLine: number
  readonly lastLine: number
}

/** What one side recorded. */
export interface ChunkedOrdering {
  readonly hash: string
  readonly count: number | null
  readonly chunkHashes: ChunkHashes | undefined
}

/** What contradicts the entry the chunk hashes belong to, as a sentence; undefined if nothing does. */
export function chunkHashesFault(
  ordering: ChunkedOrdering & { readonly chunkHashes: ChunkHashes },
): string | undefined {
  const { count, hash } = ordering
  const { chunkLines, hashes } = ordering.chunkHashes
  if (count === null) return 'Chunk hashes need the count of lines.'
  if (!hash.startsWith(prefix)) return 'Chunk hashes are SHA-1, so the hash must be, too.'
  if (hashes.length !== Math.floor(count / chunkLines))
    return `There must be one chunk hash for each full chunk of ${chunkLines} of the ${count} lines.`
  if (count > 0 && count % chunkLines === 0 && `${prefix}${hashes.at(-1)}` !== hash)
    return 'The last chunk hash must be that of all lines.'
  return undefined
}

/**
 * Where two orderings with different hashes part, as far as the chunk hashes tell; undefined if they cannot, because a
 * side has none. The range ends at the longer side's end at most.
 */
export function firstDifference(before: ChunkedOrdering, after: ChunkedOrdering): LineRange | undefined {
  const [beforeMarks, afterMarks] = [marksOf(before), marksOf(after)]
  if (beforeMarks === undefined || afterMarks === undefined) return undefined
  let equalLines = 0
  for (const [line, hash] of beforeMarks.hashes) {
    const other = afterMarks.hashes.get(line)
    if (other === undefined) continue
    if (other !== hash) return { firstLine: equalLines + 1, lastLine: line }
    equalLines = line
  }
  // Where one side ends with all its lines equal, the first difference is the line that the other side has more.
  const isPrefix = equalLines === Math.min(beforeMarks.count, afterMarks.count)
  const lastLine = isPrefix ? equalLines + 1 : Math.max(beforeMarks.count, afterMarks.count)
  return { firstLine: equalLines + 1, lastLine }
}

interface Marks {
  readonly count: number
  /** Running hash by line, ascending; the hash of all lines is the last one. */
  readonly hashes: ReadonlyMap<number, string>
}

function marksOf({ hash, count, chunkHashes }: ChunkedOrdering): Marks | undefined {
  if (chunkHashes === undefined || count === null) return undefined
  const hashes = new Map(chunkHashes.hashes.map((value, index) => [(index + 1) * chunkHashes.chunkLines, value]))
  return { count, hashes: hashes.set(count, hash.slice(prefix.length)) }
}
