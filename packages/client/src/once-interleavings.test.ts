// `once` under every order of events that fast-check can find: several processes, several calls each, appends lost,
// delayed and refused, processes that die. Whatever happens, no attempt runs twice and everybody gets one receipt.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualPlatform } from '../conformance/manual-platform.ts'
import { MemoryJobLedger, MemoryJobs } from '../conformance/memory-jobs.ts'
import type { Fate } from '../conformance/memory-jobs.ts'
import type { OnceOutcome } from './once-outcome.ts'
import type { Effect } from './once-record.ts'
import { OnceRunner } from './once-runner.ts'

const fates: readonly Fate[] = ['arrives', 'is-lost', 'loses-its-answer', 'comes-late', 'is-refused']
const callersMax = 3

interface Caller {
  readonly calls: number
  readonly fates: readonly Fate[]
  readonly trace: string
  /** Its effect fails so often for now before it succeeds. */
  readonly failures: number
}

const callers = fc.array(
  fc.record<Caller>({
    calls: fc.integer({ min: 1, max: 3 }),
    fates: fc.array(fc.constantFrom(...fates), { maxLength: 6 }),
    trace: fc.constantFrom('c1', 'c2'),
    failures: fc.nat({ max: 1 }),
  }),
  { minLength: 1, maxLength: callersMax },
)

describe('once', () => {
  it('runs no attempt twice, gives one receipt, and leaves nothing in progress while its processes live', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), callers, async (scheduler, processes) => {
        const scene = new Scene(scheduler)
        const members = processes.map((caller) => scene.newProcess(caller))
        const calls = members.flatMap(({ caller, call }) => Array.from({ length: caller.calls }, () => call()))
        const outcomes = await scene.settle(Promise.allSettled(calls))
        const last: OnceOutcome<unknown>[] = []
        // Someone knows of whatever was begun: two calls of each, undisturbed, are enough to bring it to its end.
        for (let round = 0; round < 2 * (callersMax + 1); round++)
          for (const { calm } of members) last.push(await scene.settle(calm()))
        const ended = last.slice(-members.length)
        expect(new Set(scene.attempts).size).toBe(scene.attempts.length)
        expect(ended.map(({ state }) => state)).toEqual(members.map(() => 'succeeded'))
        expect(new Set(ended.map(receiptText)).size).toBe(1)
        const successes = outcomes.flatMap((one) =>
          one.status === 'fulfilled' && one.value.state === 'succeeded' ? [receiptText(one.value)] : [],
        )
        for (const success of successes) expect(success).toBe(receiptText(ended[0]))
      }),
      { numRuns: 300 },
    )
  })

  it('runs no attempt twice when processes die', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), callers, fc.nat({ max: 12 }), async (scheduler, processes, deathAt) => {
        const scene = new Scene(scheduler)
        const members = processes.map((caller) => scene.newProcess(caller))
        members[0]?.dieAfter(deathAt)
        const calls = members.flatMap(({ caller, call }) => Array.from({ length: caller.calls }, () => call()))
        void Promise.allSettled(calls)
        await scheduler.waitIdle()
        const late = await scene.settle(
          Promise.all([scene.newProcess(undisturbed).calm(), scene.newProcess(undisturbed).calm()]),
        )
        expect(new Set(scene.attempts).size).toBe(scene.attempts.length)
        const receipts = late.filter(({ state }) => state === 'succeeded').map(receiptText)
        expect(new Set(receipts).size).toBeLessThanOrEqual(1)
      }),
      { numRuns: 300 },
    )
  })
})

const undisturbed: Caller = { calls: 1, fates: [], trace: 'c9', failures: 0 }

interface Member {
  readonly caller: Caller
  call(): Promise<OnceOutcome<unknown>>
  /** A call to which nothing happens. */
  calm(): Promise<OnceOutcome<unknown>>
  /** From its nth step on the process does nothing more. */
  dieAfter(steps: number): void
}

class Scene {
  /** Attempts whose effect ran. */
  readonly attempts: number[] = []
  readonly #jobs = new MemoryJobs()
  readonly #platform = new ManualPlatform()
  readonly #scheduler: fc.Scheduler

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler
  }

  newProcess(caller: Caller): Member {
    const runner = new OnceRunner(this.#platform)
    const left = [...caller.fates]
    let failures = caller.failures
    let stepsLeft = Number.POSITIVE_INFINITY
    const gate = async (place: string): Promise<void> => {
      stepsLeft -= 1
      if (stepsLeft < 0 && place !== 'late') await new Promise(() => undefined)
      await this.#scheduler.schedule(Promise.resolve(), place)
    }
    const disturbed = new MemoryJobLedger(this.#jobs, { gate, fateOf: () => left.shift() ?? 'arrives' })
    const calm = new MemoryJobLedger(this.#jobs, { gate })
    const call = (ledger: MemoryJobLedger): Promise<OnceOutcome<unknown>> =>
      runner.once(
        ledger,
        effectWith(caller.trace),
        async ({ number }) => {
          this.attempts.push(number)
          await gate('effect')
          failures -= 1
          if (failures >= 0) throw Object.assign(new Error('not yet'), { code: 'RATE_LIMIT', retryable: true })
          return { attempt: number }
        },
        { attemptsMax: 20 },
      )
    return {
      caller,
      call: () => call(disturbed),
      calm: () => call(calm),
      dieAfter(steps) {
        stepsLeft = steps
      },
    }
  }

  async settle<Result>(result: Promise<Result>): Promise<Result> {
    return await this.#scheduler.waitFor(result)
  }
}

function effectWith(correlation: string): Effect {
  const trace = { correlation_id: correlation, workflow_id: 'w1' }
  return { tenantId: 1, operator: 'Email.Send', key: 'mail-1', input: { to: 7 }, trace }
}

function receiptText(outcome: OnceOutcome<unknown> | undefined): string {
  if (outcome === undefined || outcome.state === 'running') return 'none'
  const { duplicate: _, ...receipt } = outcome.receipt
  return JSON.stringify(receipt)
}
