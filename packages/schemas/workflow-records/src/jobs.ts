// One effect per (tenant, operator, key): the first record fixes the input, attempts follow the table of job-step.ts,
// and nothing follows a success (formats §6.3).
import type { Breach } from '@ledgerd/schema'
import { FingerprintTable } from './fingerprint-table.ts'
import type { Undo } from './fingerprint-table.ts'
import { fingerprint } from './fingerprint.ts'
import { jobStatuses } from './job-record.ts'
import type { JobStatus } from './job-record.ts'
import { isJobTransition, isTerminal } from './job-step.ts'
import type { JobPosition } from './job-step.ts'
import { payloadHash } from './payload-hash.ts'
import { breach, nothingToUndo } from './record-facts.ts'
import type { Invariant, RecordFacts } from './record-facts.ts'
import { isTrueAt, nodeAt } from './record-node.ts'

interface Effect extends JobPosition {
  /** Two words of the fingerprint of the input. */
  readonly input: readonly [number, number]
}

export class JobEffects implements Invariant {
  /** Per effect: status and whether it may be tried again, attempt, input. */
  readonly #effects: FingerprintTable = new FingerprintTable(4)

  get bytes(): number {
    return this.#effects.bytes
  }

  judge(facts: RecordFacts): readonly Breach[] {
    const job = readJob(facts)
    if (job === undefined) return []
    const before = this.#effectOf(facts, job)
    const breaches: Breach[] = []
    if (before !== undefined && !isSameInput(before.input, inputOf(facts)))
      breaches.push(
        breach('idempotency-payload-mismatch', '/input_payload', 'The key stands for an effect with another input.'),
      )
    if (isJobTransition(before, job)) return breaches
    const found = `${job.status} (attempt ${job.attempt})`
    if (before?.status === 'succeeded' && job.status === 'succeeded')
      breaches.push(breach('second-success', '/status', 'The effect has succeeded before.', { found }))
    else {
      const why =
        before === undefined
          ? 'cannot be the first record of its effect, which begins with queued (attempt 1)'
          : `cannot follow ${before.status} (attempt ${before.attempt})`
      breaches.push(breach('illegal-transition', '/status', `${found} ${why}.`, { found }))
    }
    return breaches
  }

  /** A state that nothing may follow stays; after any other wrong step the record is believed. */
  take(facts: RecordFacts): Undo {
    const job = readJob(facts)
    if (job === undefined) return nothingToUndo
    const before = this.#effectOf(facts, job)
    if (before !== undefined && isTerminal(before)) return nothingToUndo
    const [first, second] = before?.input ?? inputOf(facts)
    const status = jobStatuses.indexOf(job.status) * 2 + (isTrueAt(facts.record, 'error', 'retryable') ? 1 : 0)
    return this.#effects.put(keyOf(facts, job), [status, job.attempt, first, second])
  }

  #effectOf(facts: RecordFacts, job: Job): Effect | undefined {
    const words = this.#effects.get(keyOf(facts, job))
    if (words === undefined) return undefined
    const [status = 0, attempt = 0, first = 0, second = 0] = words
    return {
      status: jobStatuses[status >> 1] ?? 'queued',
      isRetryable: status % 2 === 1,
      attempt,
      input: [first, second],
    }
  }
}

interface Job {
  readonly operator: string
  readonly key: string
  readonly status: JobStatus
  readonly attempt: number
}

function readJob(facts: RecordFacts): Job | undefined {
  if (facts.type !== 'job') return undefined
  const [operator, key] = [facts.text('operator_name'), facts.text('idempotency_key')]
  const status = jobStatuses.find((name) => name === facts.text('status'))
  const attempt = facts.integer('attempt')
  if (operator === undefined || key === undefined || status === undefined || attempt === undefined) return undefined
  return { operator, key, status, attempt }
}

function keyOf(facts: RecordFacts, { operator, key }: Job): ReturnType<RecordFacts['key']> {
  return facts.key('effect', operator, key)
}

/** By the hash the record states; what is wrong with that hash is said elsewhere. */
function inputOf(facts: RecordFacts): readonly [number, number] {
  const input = nodeAt(facts.record, 'input_payload')
  const hash = facts.text('hash', 'payload_hash') ?? (input === undefined ? undefined : payloadHash(input)) ?? ''
  const [first = 0, second = 0] = fingerprint([hash])
  return [first, second]
}

function isSameInput(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] === b[0] && a[1] === b[1]
}
