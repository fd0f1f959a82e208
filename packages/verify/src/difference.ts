// One place where the lines of a file are not those whose leaf hashes were stored, and how two stretches of differing
// lines are matched with each other. Pure.

/** A line of the file that has no counterpart yet. */
export interface FileLine {
  /** Leaf hash, hex. */
  readonly leaf: string
  /** From 1. */
  readonly line: number
  readonly offset: number
}

export type DifferenceKind = 'edited' | 'inserted' | 'deleted' | 'reordered' | 'diverged'

export interface Difference {
  readonly kind: DifferenceKind
  /** The line of the file where it shows; for a deletion the line in front of which lines are missing. */
  readonly line: number
  readonly offset: number
  readonly count: number
  /** The sequence number that the stored leaf hashes give this place. */
  readonly seq: number
  /** Stored and found leaf hashes, hex; as many as `count` for a run. */
  readonly expected: readonly string[]
  readonly found: readonly string[]
}

/** How many lines in a row must agree for two stretches to be back in step. */
const confirmLines = 3
const candidatesMax = 8

/** The fewest lines to leave out on both sides so that what follows agrees; undefined when the stretches never meet. */
export function findResync(
  file: readonly string[],
  stored: readonly string[],
): { file: number; stored: number } | undefined {
  const places = new Map<string, number[]>()
  for (const [at, leaf] of stored.entries()) {
    const known = places.get(leaf)
    if (known === undefined) places.set(leaf, [at])
    else if (known.length < candidatesMax) known.push(at)
  }
  let best: { file: number; stored: number } | undefined
  let bestSum = Number.MAX_SAFE_INTEGER
  for (let at = 0; at < file.length && at < bestSum; at++) {
    for (const place of places.get(file[at] as string) ?? []) {
      if (at + place < bestSum && agrees(file, at, stored, place)) {
        best = { file: at, stored: place }
        bestSum = at + place
      }
    }
  }
  return best
}

/** Says what happened between two stretches that end where both are in step again. */
export function classifyRun(
  file: readonly FileLine[],
  stored: readonly string[],
  at: FileLine,
  seq: number,
): Difference[] {
  const found = file.map((line) => line.leaf)
  const place = { line: at.line, offset: at.offset, seq }
  if (stored.length === 0) return [{ ...place, kind: 'inserted', count: file.length, expected: [], found }]
  if (file.length === 0) return [{ ...place, kind: 'deleted', count: stored.length, expected: stored, found: [] }]
  if (file.length === stored.length && isSameMultiset(found, stored))
    return [{ ...place, kind: 'reordered', count: file.length, expected: stored, found }]
  const pairs = Math.min(file.length, stored.length)
  const differences = file.slice(0, pairs).map((line, index): Difference => {
    const hashes = { expected: [stored[index] as string], found: [line.leaf] }
    return { kind: 'edited', line: line.line, offset: line.offset, count: 1, seq: seq + index, ...hashes }
  })
  if (file.length > pairs || stored.length > pairs)
    differences.push(...classifyRun(file.slice(pairs), stored.slice(pairs), file[pairs] ?? at, seq + pairs))
  return differences
}

function agrees(file: readonly string[], at: number, stored: readonly string[], place: number): boolean {
  for (let ahead = 1; ahead < confirmLines; ahead++) {
    const isOver = at + ahead >= file.length || place + ahead >= stored.length
    if (isOver) return true
    if (file[at + ahead] !== stored[place + ahead]) return false
  }
  return true
}

function isSameMultiset(left: readonly string[], right: readonly string[]): boolean {
  const sorted = right.toSorted()
  return left.toSorted().every((leaf, index) => leaf === sorted[index])
}
