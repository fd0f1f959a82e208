import { describe, expect, it } from 'vitest'
import type { Done } from './progress.ts'
import { SumProgress } from './verify-progress.ts'

type Said = readonly [at: number, done: Done]

function shown(targets: number, said: readonly Said[]): Done[] {
  const all: Done[] = []
  const sum = new SumProgress({ update: (done) => void all.push(done), end: () => undefined }, targets)
  for (const [at, done] of said) sum.update(at, done)
  return all
}

describe('progress over several targets', () => {
  const table: readonly { name: string; targets: number; said: readonly Said[]; want: readonly Done[] }[] = [
    {
      name: 'one target, with its size',
      targets: 1,
      said: [
        [0, { bytes: 10, lines: 1, totalBytes: 30 }],
        [0, { bytes: 30, lines: 3, totalBytes: 30 }],
      ],
      want: [
        { bytes: 10, lines: 1, totalBytes: 30 },
        { bytes: 30, lines: 3, totalBytes: 30 },
      ],
    },
    {
      name: 'several, in turn and mixed: what one says replaces what it said before',
      targets: 3,
      said: [
        [0, { bytes: 10, lines: 1, totalBytes: 30 }],
        [2, { bytes: 5, lines: 2, totalBytes: 5 }],
        [0, { bytes: 30, lines: 3, totalBytes: 30 }],
        [1, { bytes: 100, lines: 7 }],
        [0, { bytes: 30, lines: 3 }],
      ],
      want: [
        { bytes: 10, lines: 1 },
        { bytes: 15, lines: 3 },
        { bytes: 35, lines: 5 },
        { bytes: 135, lines: 12 },
        { bytes: 135, lines: 12 },
      ],
    },
  ]
  for (const { name, targets, said, want } of table) it(name, () => expect(shown(targets, said)).toEqual(want))

  it('is cleared and kept away while a report is printed, and counts what was said meanwhile', () => {
    const said: (Done | 'cleared')[] = []
    const sum = new SumProgress({ update: (done) => void said.push(done), end: () => void said.push('cleared') }, 2)
    sum.update(0, { bytes: 1, lines: 1 })
    sum.hold()
    sum.update(1, { bytes: 10, lines: 2 })
    sum.goOn()
    sum.update(1, { bytes: 20, lines: 3 })
    expect(said).toEqual([{ bytes: 1, lines: 1 }, 'cleared', { bytes: 21, lines: 4 }])
  })
})
