// Which failures are worth another attempt, how many, and after how long (formats §6.3). Defaults that operators replace;
// pure: the caller waits.

export interface RetryRule {
  /** Attempts in all, the first included. */
  readonly attemptsMax: number
  /** Before attempt n + 1 the wait is `delayMs` times 2^n, up to `delayMaxMs`. */
  readonly delayMs: number
  readonly delayMaxMs: number
}

const second = 1000

/** By error code. A code that is not named is not retried. */
export const retryDefaults: Readonly<Record<string, RetryRule>> = {
  RATE_LIMIT: { attemptsMax: 5, delayMs: second, delayMaxMs: 120 * second },
  NETWORK_TIMEOUT: { attemptsMax: 3, delayMs: second, delayMaxMs: 120 * second },
  TEMPORARY_PROVIDER_ERROR: { attemptsMax: 3, delayMs: second, delayMaxMs: 120 * second },
}

/** Never retried, whatever an operator configures. */
export const finalErrorCodes: ReadonlySet<string> = new Set(['POLICY_DENIED', 'INVALID_INPUT', 'AUTH_FORBIDDEN'])

/**
 * Milliseconds to wait after attempt `attempt` (from 1) failed with `code`; undefined if that was the last. The wait
 * after the first is 2 s by default, then 4 s, and so on.
 */
export function retryDelayMs(
  code: string,
  attempt: number,
  rules: Readonly<Record<string, RetryRule>> = retryDefaults,
): number | undefined {
  const rule = Object.hasOwn(rules, code) ? rules[code] : undefined
  if (rule === undefined || finalErrorCodes.has(code) || attempt >= rule.attemptsMax) return undefined
  return Math.min(rule.delayMs * 2 ** attempt, rule.delayMaxMs)
}

/** What an operator writes as `error.retryable` for a failure of this attempt. */
export function isRetryable(code: string, attempt: number, rules?: Readonly<Record<string, RetryRule>>): boolean {
  return retryDelayMs(code, attempt, rules) !== undefined
}
