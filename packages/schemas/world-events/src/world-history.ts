// What the checker remembers of the lines before: the last known state of every character and the resolutions that
// no translation has claimed yet (formats §2.5, §2.7). File order is the order; timestamps play no part.
import { scoreTolerance } from './resolution-rules.ts'
import type { ResolutionText } from './resolution-text.ts'

/** A resolution that is older than this many unclaimed ones is forgotten; its translation then counts as an orphan. */
const unclaimedMax = 65_536
/** The character met first is forgotten beyond this many; its next turn then goes unchecked. */
const charactersMax = 65_536
/** Further axes of one character go unchecked. */
const axesMax = 256

/** An axis whose score before a turn is not the score after the last one. */
export interface StateGap {
  readonly characterId: string
  readonly axis: string
  readonly expected: number
  readonly found: number
}

const noGaps: readonly StateGap[] = []

export class WorldHistory {
  /** Scores by character and axis, after the last resolution that named them. An axis not named stays as it was. */
  readonly #scores: Map<string, Map<string, number>> = new Map()
  /** Counts of unclaimed resolutions by turn; the turn opened longest ago comes first. */
  readonly #unclaimed: Map<string, number> = new Map()

  /** Opens a turn: a translation may claim it. */
  open(turn: string): void {
    const count = this.#unclaimed.get(turn) ?? 0
    if (count > 0) this.#unclaimed.delete(turn)
    this.#unclaimed.set(turn, count + 1)
    dropOldest(this.#unclaimed, unclaimedMax)
  }

  /** Pairs a translation with the nearest earlier unclaimed resolution; false if there is none. */
  claim(turn: string): boolean {
    const count = this.#unclaimed.get(turn)
    if (count === undefined) return false
    if (count === 1) this.#unclaimed.delete(turn)
    else this.#unclaimed.set(turn, count - 1)
    return true
  }

  /** Moves the characters of a resolution on; returns where it departs from what was known, one gap per character. */
  resolve(resolution: ResolutionText): readonly StateGap[] {
    let gaps = noGaps
    let role = -1
    let characterId = ''
    let known: Map<string, number> = new Map()
    // Entries of one character stand next to each other.
    for (let i = 0; i < resolution.entryCount; i++) {
      const entry = resolution.entries[i]
      if (entry === undefined) continue
      if (entry.role !== role) {
        role = entry.role
        characterId = resolution.textOf(resolution.characterIdAt[role] ?? -1)
        known = this.#scoresOf(characterId)
      }
      const axis = resolution.textOf(entry.nameStart, entry.nameEnd)
      const expected = known.get(axis)
      if (expected !== undefined || known.size < axesMax) known.set(axis, entry.before + entry.delta)
      if (expected === undefined || Math.abs(expected - entry.before) <= scoreTolerance) continue
      if (gaps.at(-1)?.characterId !== characterId)
        gaps = [...gaps, { characterId, axis, expected, found: entry.before }]
    }
    return gaps
  }

  #scoresOf(characterId: string): Map<string, number> {
    const known = this.#scores.get(characterId)
    if (known !== undefined) return known
    const scores: Map<string, number> = new Map()
    this.#scores.set(characterId, scores)
    dropOldest(this.#scores, charactersMax)
    return scores
  }
}

function dropOldest(map: Map<string, unknown>, sizeMax: number): void {
  if (map.size <= sizeMax) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
