import { describe, expect, it } from 'vitest'
import { isRetryable, retryDelayMs } from './retry.ts'

describe('retryDelayMs', () => {
  const cases = [
    { code: 'RATE_LIMIT', waits: [2000, 4000, 8000, 16_000, undefined] },
    { code: 'NETWORK_TIMEOUT', waits: [2000, 4000, undefined] },
    { code: 'TEMPORARY_PROVIDER_ERROR', waits: [2000, 4000, undefined] },
    { code: 'POLICY_DENIED', waits: [undefined] },
    { code: 'INVALID_INPUT', waits: [undefined] },
    { code: 'AUTH_FORBIDDEN', waits: [undefined] },
    { code: 'SOMETHING_ELSE', waits: [undefined] },
    { code: 'constructor', waits: [undefined] },
  ]
  for (const { code, waits } of cases)
    it(code, () => expect(waits.map((_, at) => retryDelayMs(code, at + 1))).toEqual(waits))

  it('stops growing at the cap', () => {
    const rules = { RATE_LIMIT: { attemptsMax: 20, delayMs: 1000, delayMaxMs: 120_000 } }
    expect([6, 7, 19].map((attempt) => retryDelayMs('RATE_LIMIT', attempt, rules))).toEqual([64_000, 120_000, 120_000])
  })

  it('never retries a final code, whatever is configured', () => {
    const rules = { POLICY_DENIED: { attemptsMax: 9, delayMs: 1, delayMaxMs: 1 } }
    expect(isRetryable('POLICY_DENIED', 1, rules)).toBe(false)
  })
})
