import { describe, expect, it } from 'vitest'
import { fuzz, type FuzzTarget, shrunk } from './fuzz.ts'
import { parseSum, type SumOptions } from './fuzz-example.ts'

function target(options: SumOptions): FuzzTarget {
  return {
    name: 'sum',
    seeds: [Buffer.from('1+2')],
    covers: (url) => url.endsWith('/fuzz-example.ts'),
    fuzz: (bytes) => {
      const sum = parseSum(bytes, options)
      if (Number.isNaN(sum)) throw new Error('a sum that is no number')
    },
  }
}

/** A small generator, the same for every run. */
function chance(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const options = { executionsMax: 40_000, isOver: () => false, corpus: [] }

describe('fuzz', () => {
  it('finds a defect three conditions deep, and makes its input small', { timeout: 60_000 }, async () => {
    const broken = target({ isBroken: true })
    const { finding, executions } = await fuzz(broken, { ...options, random: chance() })
    expect(finding).toBeDefined()
    expect(executions).toBeGreaterThan(1)
    if (finding !== undefined)
      expect(Buffer.from(await shrunk(broken, finding)).toString('latin1')).toMatch(/^[789]\+\+$/)
  })

  it('keeps inputs that reach new code, and says how much of it was reached', { timeout: 60_000 }, async () => {
    const report = await fuzz(target({ isBroken: false }), { ...options, executionsMax: 3000, random: chance() })
    expect(report.finding).toBeUndefined()
    expect(report.corpus.length).toBeGreaterThan(1)
    expect(report.covered).toBeGreaterThan(3)
    expect(report.covered).toBeLessThanOrEqual(report.lines)
  })
})
