// What jobs cost. Every attempt that ended is counted, failed ones included. Amounts of money are sums of floats and are
// named so: they are for overviews, not for invoices (schema-packages §3).

/** The members of a job record that costs are taken from. */
export interface UsedJob {
  readonly tenant_id: number
  readonly operator_name: string
  readonly idempotency_key: string
  readonly usage?:
    | {
        readonly token_in?: number | undefined
        readonly token_out?: number | undefined
        readonly cost_total?: number | undefined
      }
    | null
    | undefined
}

export interface UsageSum {
  /** Records that state a usage. */
  readonly attempts: number
  readonly tokenIn: number
  readonly tokenOut: number
  readonly costSumOfFloats: number
}

const nothing: UsageSum = { attempts: 0, tokenIn: 0, tokenOut: 0, costSumOfFloats: 0 }

/** Sums by whatever `keyOf` says, such as `effectName` or `operatorName`. */
export function sumUsage<Job extends UsedJob>(
  jobs: Iterable<Job>,
  keyOf: (job: Job) => string,
): ReadonlyMap<string, UsageSum> {
  const sums = new Map<string, UsageSum>()
  for (const job of jobs) {
    if (job.usage === null || job.usage === undefined) continue
    const { token_in: tokenIn = 0, token_out: tokenOut = 0, cost_total: cost = 0 } = job.usage
    const sum = sums.get(keyOf(job)) ?? nothing
    sums.set(keyOf(job), {
      attempts: sum.attempts + 1,
      tokenIn: sum.tokenIn + tokenIn,
      tokenOut: sum.tokenOut + tokenOut,
      costSumOfFloats: sum.costSumOfFloats + cost,
    })
  }
  return sums
}

/** Names the effect of a job: all attempts under one key of one operator of one tenant. */
export function effectName({ tenant_id: tenant, operator_name: operator, idempotency_key: key }: UsedJob): string {
  return JSON.stringify([tenant, operator, key])
}

export function operatorName({ operator_name: operator }: UsedJob): string {
  return operator
}
