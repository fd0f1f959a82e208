// What the checker remembers of the lines before: the last known state of every character and the resolutions that
// no translation has claimed yet (formats §2.5, §2.7). File order is the order; timestamps play no part.
import type { Resolution } from './chat-mechanical-resolution.ts'
import { scoreTolerance } from './resolution-rules.ts'

/** A resolution that is older than this many unclaimed ones is forgotten; its translation then counts as an orphan. */
const unclaimedMax = 65_536

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
  /** Counts of unclaimed resolutions by turn key; the key used longest ago comes first. */
  readonly #unclaimed: Map<string, number> = new Map()

  /** Takes a resolution in; returns where its snapshot departs from what was known, one gap per character. */
  resolve(turnKey: string, resolution: Resolution): readonly StateGap[] {
    this.#remember(turnKey)
    let gaps = noGaps
    for (const characterId in resolution.axis_snapshot_before) {
      const before = resolution.axis_snapshot_before[characterId] ?? {}
      const gap = this.#continue(characterId, before, deltasOf(resolution, characterId))
      if (gap !== undefined) gaps = [...gaps, gap]
    }
    return gaps
  }

  /** Pairs a translation with the nearest earlier unclaimed resolution; false if there is none. */
  claim(turnKey: string): boolean {
    const count = this.#unclaimed.get(turnKey)
    if (count === undefined) return false
    if (count === 1) this.#unclaimed.delete(turnKey)
    else this.#unclaimed.set(turnKey, count - 1)
    return true
  }

  #remember(turnKey: string): void {
    const count = this.#unclaimed.get(turnKey) ?? 0
    if (count > 0) this.#unclaimed.delete(turnKey)
    this.#unclaimed.set(turnKey, count + 1)
    if (this.#unclaimed.size <= unclaimedMax) return
    const [oldest] = this.#unclaimed.keys()
    if (oldest !== undefined) this.#unclaimed.delete(oldest)
  }

  #continue(characterId: string, before: Scores, deltas: Scores): StateGap | undefined {
    let known = this.#scores.get(characterId)
    if (known === undefined) {
      known = new Map()
      this.#scores.set(characterId, known)
    }
    let gap: StateGap | undefined
    for (const axis in before) {
      const found = before[axis] ?? 0
      const expected = known.get(axis)
      if (expected !== undefined && Math.abs(expected - found) > scoreTolerance)
        gap ??= { characterId, axis, expected, found }
      known.set(axis, found + (Object.hasOwn(deltas, axis) ? (deltas[axis] ?? 0) : 0))
    }
    return gap
  }
}

type Scores = Readonly<Record<string, number>>

function deltasOf(resolution: Resolution, characterId: string): Scores {
  const { speaker, listener } = resolution
  return (String(speaker.character_id) === characterId ? speaker : listener).axis_deltas
}
