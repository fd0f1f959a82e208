import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capsuleId, formatPhase, parsePhase } from './phase.ts'

describe('phases', () => {
  const cases = [
    { name: 'the seed', input: 'audio.window#3.refine#2', want: { windowIdx: 3, refinement: 2 } },
    { name: 'zeros', input: 'audio.window#0.refine#0', want: { windowIdx: 0, refinement: 0 } },
    { name: 'leading zero', input: 'audio.window#03.refine#2', want: undefined },
    { name: 'sign', input: 'audio.window#-1.refine#2', want: undefined },
    { name: 'no refinement', input: 'audio.window#3', want: undefined },
    { name: 'review row', input: 'review.loop#0', want: undefined },
    { name: 'something behind', input: 'audio.window#3.refine#2 ', want: undefined },
    { name: 'a line break behind', input: 'audio.window#3.refine#2\n', want: undefined },
    { name: 'digits of another script', input: 'audio.window#٣.refine#2', want: undefined },
    { name: 'more digits than a double keeps', input: `audio.window#${'9'.repeat(16)}.refine#1`, want: undefined },
    { name: 'empty', input: '', want: undefined },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(parsePhase(input)).toEqual(want))

  it('are read as they were written', () => {
    const index = fc.integer({ min: 0, max: 999_999_999_999_999 })
    fc.assert(
      fc.property(index, index, (windowIdx, refinement) => {
        expect(parsePhase(formatPhase({ windowIdx, refinement }))).toEqual({ windowIdx, refinement })
      }),
    )
  })

  it('pads capsules to three digits and no further', () => {
    expect([0, 12, 345, 6789].map(capsuleId)).toEqual(['AUDIO_W000', 'AUDIO_W012', 'AUDIO_W345', 'AUDIO_W6789'])
  })
})
