import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { LineLog } from './line-log.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('LineLog', () => {
  it.each([
    { name: 'lines in their places', seqs: [0, 1, 2], want: 0 },
    { name: 'a gap', seqs: [0, 2], want: 1 },
    { name: 'a repeat', seqs: [0, 0], want: 1 },
    { name: 'two that changed places', seqs: [1, 0], want: 2 },
  ])('counts $name', ({ seqs, want }) => {
    const log = new LineLog()
    for (const seq of seqs) log.add('a', seq, bytes('x'))
    expect(log.reports()[0]?.misplaced).toBe(want)
  })

  it('digests each ledger as its file would be', () => {
    const log = new LineLog()
    log.add('a', 0, bytes('one'))
    log.add('b', 0, bytes('two'))
    log.add('a', 1, bytes('three'))
    expect(log.reports().map(({ sha256: digest }) => digest)).toEqual([sha256('one\nthree\n'), sha256('two\n')])
  })

  it('is complete when every ledger is, and not before anyone said what that is', () => {
    const log = new LineLog()
    log.add('a', 0, bytes('one'))
    expect(log.isComplete).toBe(false)
    log.expect({ a: 1, b: 1 })
    expect(log.isComplete).toBe(false)
    log.add('b', 0, bytes('two'))
    expect(log.isComplete).toBe(true)
  })
})
