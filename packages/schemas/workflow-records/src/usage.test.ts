import { describe, expect, it } from 'vitest'
import { linesOf, readVector } from '../conformance/check-file.ts'
import { effectName, operatorName, sumUsage } from './usage.ts'
import type { UsedJob } from './usage.ts'

const jobs = linesOf(readVector('job.jsonl')).map((line) => JSON.parse(new TextDecoder().decode(line)) as UsedJob)

describe('sumUsage', () => {
  it('counts every attempt that ended, by operator', () => {
    const sums = sumUsage(jobs, operatorName)
    const ended = [...sums.values()].reduce((sum, { attempts }) => sum + attempts, 0)
    expect([...sums.keys()].sort()).toEqual(['Email.GenerateDraft', 'Email.ReviewDraft', 'Professor.Summarize'])
    expect(ended).toBe(82)
  })

  it('sums all attempts of one effect, failed ones included', () => {
    const sum = sumUsage(jobs, effectName).get('[1,"Email.ReviewDraft","Email.ReviewDraft:0:v1"]')
    expect(sum).toEqual({ attempts: 3, tokenIn: 600, tokenOut: 60, costSumOfFloats: 1e-5 })
  })

  it('takes no usage for nothing said', () => {
    const job = { tenant_id: 1, operator_name: 'A', idempotency_key: 'k', usage: null }
    expect(sumUsage([job], operatorName).size).toBe(0)
  })
})
