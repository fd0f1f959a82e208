// Processes that call `once` about one mail, on a ledger in memory, with what happens to their appends given beforehand.
import type { OnceOutcome } from '../src/once-outcome.ts'
import type { Effect } from '../src/once-record.ts'
import { OnceRunner } from '../src/once-runner.ts'
import type { Attempt, OnceOptions } from '../src/once-runner.ts'
import { ManualPlatform } from './manual-platform.ts'
import { MemoryJobLedger, MemoryJobs } from './memory-jobs.ts'
import type { Fate, HandleOptions } from './memory-jobs.ts'

export const mail: Effect = {
  tenantId: 1,
  operator: 'Email.Send',
  key: 'mail-1',
  input: { to: 7 },
  trace: { correlation_id: 'c1', workflow_id: 'w1' },
}

export interface ProcessOptions extends Omit<HandleOptions, 'fateOf' | 'gate'> {
  /** Of its appends, in order; those behind arrive. */
  readonly fates?: readonly Fate[]
  /** Appends that come late come when the test says so. */
  readonly isLateHeld?: boolean
}

export interface Process {
  readonly jobs: MemoryJobs
  readonly platform: ManualPlatform
  /** Attempts whose effect began, in all processes. */
  readonly runs: number[]
  call(run?: (attempt: Attempt) => unknown, options?: OnceOptions, effect?: Effect): Promise<OnceOutcome<unknown>>
  /** Another process on the same ledger. */
  others(options?: ProcessOptions): Process
  /** The same process with another handle. */
  on(options: ProcessOptions): Process
  release(): void
}

/** A process that calls `once` on a ledger in memory. */
export function process(
  options: ProcessOptions = {},
  jobs: MemoryJobs = new MemoryJobs(),
  runs: number[] = [],
  platform: ManualPlatform = new ManualPlatform(),
  runner: OnceRunner = new OnceRunner(platform),
): Process {
  const { fates = [], isLateHeld = false, ...rest } = options
  const left = [...fates]
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const ledger = new MemoryJobLedger(jobs, {
    ...rest,
    fateOf: () => left.shift() ?? 'arrives',
    gate: (place) => (place === 'late' && isLateHeld ? held : Promise.resolve()),
  })
  return {
    jobs,
    platform,
    runs,
    call(run = neverAgain, callOptions = {}, effect = mail) {
      const counted = (attempt: Attempt): unknown => {
        runs.push(attempt.number)
        return run(attempt)
      }
      return runner.once(ledger, effect, counted, callOptions)
    },
    others: (more) => process(more, jobs, runs, platform),
    on: (more) => process(more, jobs, runs, platform, runner),
    release,
  }
}

function neverAgain(): never {
  throw new Error('it ran again')
}
