// Puts the two halves of a turn together: what it did to the characters (a resolution) and what was said (a
// translation). The link between them is not unique, so order decides (formats §2.6).

export interface AxisChange {
  readonly character: string
  readonly axis: string
  readonly before: number
  readonly after: number
}

export interface Turn {
  readonly seq: number
  readonly speaker: string
  /** Unknown for a translation without a mechanical counterpart. */
  readonly listener: string | undefined
  readonly channel: string
  readonly said: string
  /** What the world heard; null when the translation failed and the words stayed as typed. */
  readonly became: string | null
  readonly status: string
  /** Undefined without a mechanical counterpart: then nothing is known, which is not the same as no change. */
  readonly changes: readonly AxisChange[] | undefined
}

export interface Party {
  readonly character_id: number
  readonly character_name: string
  readonly axis_deltas: Readonly<Record<string, number>>
}

export interface Resolution {
  readonly channel: string
  readonly speaker: Party
  readonly listener: Party
  readonly axis_snapshot_before: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export interface Translation {
  readonly channel: string
  readonly character_name: string
  readonly ooc_input: string
  readonly ic_output: string | null
  readonly status: string
}

/** Pairs the events of one world, in file order. */
export class TurnPairing {
  /** Resolutions no translation has claimed yet, by link; appended here, taken from the end. */
  readonly #waiting = new Map<string, Resolution[]>()

  addResolution(link: string | null, resolution: Resolution): void {
    const key = link ?? ''
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) this.#waiting.set(key, [resolution])
    else waiting.push(resolution)
  }

  /** The turn that a translation completes, with the nearest earlier unpaired resolution of equal link, channel and speaker. */
  addTranslation(seq: number, link: string | null, translation: Translation): Turn {
    const resolution = link === null ? undefined : this.#take(link, translation)
    return {
      seq,
      speaker: translation.character_name,
      listener: resolution?.listener.character_name,
      channel: translation.channel,
      said: translation.ooc_input,
      became: translation.ic_output,
      status: translation.status,
      changes: resolution === undefined ? undefined : changesOf(resolution),
    }
  }

  /** Resolutions nobody put into words; normal where translation is switched off. */
  get unpairedCount(): number {
    return [...this.#waiting.values()].reduce((sum, waiting) => sum + waiting.length, 0)
  }

  #take(link: string, translation: Translation): Resolution | undefined {
    const waiting = this.#waiting.get(link) ?? []
    const at = waiting.findLastIndex(
      ({ channel, speaker }) =>
        channel === translation.channel && speaker.character_name === translation.character_name,
    )
    return at === -1 ? undefined : waiting.splice(at, 1)[0]
  }
}

/** Every axis that changed, the speaker's first. An axis that is only in the snapshot did not change. */
export function changesOf({ speaker, listener, axis_snapshot_before: before }: Resolution): readonly AxisChange[] {
  return [speaker, listener].flatMap(({ character_id: id, character_name: character, axis_deltas: deltas }) =>
    Object.entries(deltas).flatMap(([axis, delta]) => {
      const value = before[String(id)]?.[axis]
      return value === undefined ? [] : [{ character, axis, before: value, after: value + delta }]
    }),
  )
}
