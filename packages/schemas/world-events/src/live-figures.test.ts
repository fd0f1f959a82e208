// What the recorded worlds hold, counted: the figures of formats §2.5 and §2.6 on which readers of these files rely.
import type { DecodedEvent } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { readVectorLines } from '../conformance/check-file.ts'
import { hasMechanicalCounterpart } from './mechanical-counterpart.ts'
import { worldEvents } from './world-events.ts'

const eventsOf = (name: string): DecodedEvent[] => readVectorLines(name).map((line) => worldEvents.decode(line))
const resolutions = (events: readonly DecodedEvent[]): DecodedEvent[] =>
  events.filter(({ type }) => type === 'chat.mechanical_resolution')
const translations = (events: readonly DecodedEvent[]): DecodedEvent[] =>
  events.filter(({ type }) => type === 'chat.translation')

interface Party {
  readonly character_id: number
  readonly character_name: string
  readonly axis_deltas: Readonly<Record<string, number>>
}

interface ResolutionData {
  readonly speaker: Party
  readonly axis_snapshot_before: Readonly<Record<string, Readonly<Record<string, number>>>>
}

interface TranslationData {
  readonly axis_snapshot: Readonly<Record<string, { readonly score: number; readonly label: string }>>
}

describe('the recorded worlds', () => {
  const worlds = [
    { name: 'live/daily_undertaking.jsonl', resolved: 378, linked: 358, unlinked: 64, untranslated: 20 },
    { name: 'live/pipeworks_web.jsonl', resolved: 56, linked: 55, unlinked: 44, untranslated: 1 },
  ]
  for (const { name, resolved, linked, unlinked, untranslated } of worlds)
    it(name, () => {
      const events = eventsOf(name)
      const [behind, alone] = [true, false].map((is) =>
        translations(events).filter((event) => hasMechanicalCounterpart(event) === is),
      )
      expect([resolutions(events).length, behind?.length, alone?.length]).toEqual([resolved, linked, unlinked])
      // Never an orphan (fixtures.test.ts), so each translation has a resolution of its own.
      expect(resolved - linked).toBe(untranslated)
      expect(alone?.every(({ meta }) => meta['phase'] === 'pre_axis_engine')).toBe(true)
      expect(behind?.some(({ meta }) => 'phase' in meta)).toBe(false)
    })

  it('repeat hashes: the same state is the same hash, not the same turn', () => {
    const times = new Map<string | null, number>()
    for (const { link } of resolutions(eventsOf('live/daily_undertaking.jsonl')))
      times.set(link, (times.get(link) ?? 0) + 1)
    const repeated = [...times.values()].filter((count) => count > 1)
    expect([times.size, repeated.length, Math.max(...repeated)]).toEqual([365, 9, 3])
  })

  it('show in a translation the state after its resolution, in 413 of 413 pairs', () => {
    let [pairs, axes] = [0, 0]
    for (const { name } of worlds) {
      let last: DecodedEvent | undefined
      for (const event of eventsOf(name)) {
        if (event.type === 'chat.translation' && last !== undefined && event.link === last.link) {
          pairs++
          const { speaker, axis_snapshot_before: before } = last.data as ResolutionData
          const { axis_snapshot: after } = event.data as TranslationData
          for (const [axis, score] of Object.entries(before[String(speaker.character_id)] ?? {}))
            if (axis in after) {
              axes++
              expect(after[axis]?.score).toBeCloseTo(score + (speaker.axis_deltas[axis] ?? 0), 9)
            }
        }
        last = event.type === 'chat.mechanical_resolution' ? event : undefined
      }
    }
    expect([pairs, axes]).toEqual([413, 826])
  })

  it('of several writers go back in time three times, each writer in its own order', () => {
    const events = eventsOf('concurrent/race.jsonl')
    const times = events.map(({ time }) => time)
    expect(times.filter((time, at) => at > 0 && time < (times[at - 1] ?? ''))).toHaveLength(3)
    const lastOf = new Map<unknown, number>()
    for (const { data } of events) {
      const { writer, seq } = data as { readonly writer: unknown; readonly seq: number }
      expect(seq).toBeGreaterThan(lastOf.get(writer) ?? -1)
      lastOf.set(writer, seq)
    }
    expect(lastOf.size).toBeGreaterThan(1)
  })
})
