// Suite M of reliability §11 in its short form: every input that ever showed something, given to its parser once more.
import '../faults/memory-doors.ts'
import { describe, expect, it } from 'vitest'
import { corpusOf } from '../faults/fuzz-corpus.ts'
import { fuzzTargets } from '../faults/fuzz-targets.ts'

describe('the corpus of', () => {
  it.each(fuzzTargets)('$name', { timeout: 60_000 }, async (target) => {
    const inputs = [...target.seeds, ...corpusOf(target.name)]
    expect(inputs.length).toBeGreaterThan(target.seeds.length)
    for (const input of inputs) await target.fuzz(input)
  })
})
