import { describe, expect, it } from 'vitest'
import { parseRecordedLine, readRecording } from './recording.ts'
import { TurnPairing } from './turn.ts'
import type { Resolution, Translation } from './turn.ts'

const party = (id: number, name: string, deltas: Record<string, number>) => ({
  character_id: id,
  character_name: name,
  axis_deltas: deltas,
})
const resolution = (demeanor: number, channel = 'say', speaker = 'Mira'): Resolution => ({
  channel,
  speaker: party(7, speaker, { demeanor: 0.25 }),
  listener: party(12, 'Kael', {}),
  axis_snapshot_before: { 7: { demeanor, health: 0.5 }, 12: { demeanor: 0.5 } },
})
const translation: Translation = {
  channel: 'say',
  character_name: 'Mira',
  ooc_input: 'hi',
  ic_output: 'Hail.',
  status: 'success',
}

const cases = [
  { name: 'the resolution of its link', waiting: [{ link: 'a', given: resolution(0.1) }], link: 'a', want: 0.1 },
  {
    name: 'the nearest earlier of a link used twice',
    waiting: [
      { link: 'a', given: resolution(0.1) },
      { link: 'a', given: resolution(0.2) },
    ],
    link: 'a',
    want: 0.2,
  },
  {
    name: 'none of another channel',
    waiting: [{ link: 'a', given: resolution(0.1, 'yell') }],
    link: 'a',
    want: undefined,
  },
  {
    name: 'none of another speaker',
    waiting: [{ link: 'a', given: resolution(0.1, 'say', 'Ann') }],
    link: 'a',
    want: undefined,
  },
  { name: 'none for another link', waiting: [{ link: 'a', given: resolution(0.1) }], link: 'b', want: undefined },
  { name: 'none without a link', waiting: [{ link: 'a', given: resolution(0.1) }], link: null, want: undefined },
]

describe('TurnPairing', () => {
  it.each(cases)('gives a translation $name', ({ waiting, link, want }) => {
    const pairing = new TurnPairing()
    for (const { link: key, given } of waiting) pairing.addResolution(key, given)
    expect(pairing.addTranslation(3, link, translation).changes?.[0]?.before).toBe(want)
  })

  it('pairs each resolution once', () => {
    const pairing = new TurnPairing()
    pairing.addResolution('a', resolution(0.1))
    pairing.addTranslation(1, 'a', translation)
    expect(pairing.addTranslation(2, 'a', translation).changes).toBeUndefined()
  })

  it('finds in the recorded session what its makers counted', async () => {
    const pairing = new TurnPairing()
    const turns = (await readRecording('daily_undertaking'))
      .map(parseRecordedLine)
      .flatMap(({ type, data, link }, seq) => {
        if (type === 'chat.translation') return [pairing.addTranslation(seq, link, data as Translation)]
        pairing.addResolution(link, data as Resolution)
        return []
      })
    const paired = turns.filter(({ changes }) => changes !== undefined)
    expect([turns.length, paired.length, pairing.unpairedCount]).toEqual([422, 358, 20])
  })
})
