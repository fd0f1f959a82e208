// Suite B of reliability §11, simulated: every call of every way into the append path fails with every error, once and for
// good, its bytes kept and dropped.
import type { Fault, Violation } from '@ledgerd/testkit'
import { strikeOnce } from './errno-run.ts'
import { errnoScenarios } from './errno-scenarios.ts'
import type { SuiteReport } from './suite-report.ts'

export interface ErrnoSuiteOptions {
  /** How many of the errors each call fails with, in turn; all of them are nine. */
  readonly errnosPerCall: number
  /** `alternating`: every second strike is for good; `both`: each once and for good. */
  readonly sticky: 'alternating' | 'both'
  readonly seed: number
}

const allErrnos: readonly string[] = [
  'EIO',
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EMFILE',
  'ENFILE',
  'EACCES',
  'EAGAIN',
  'ENOMEM',
]

/** Runs every strike there is. */
export async function runErrnoSuite({ errnosPerCall, sticky, seed }: ErrnoSuiteOptions): Promise<SuiteReport> {
  const counts = { scenarios: 0, calls: 0, strikes: 0, kills: 0, struck: 0, receipts: 0 }
  const violations: Violation[] = []
  for (const scenario of await errnoScenarios()) {
    const { calls } = await strikeOnce(scenario, { at: 0, fault: { errno: 'EIO' }, reach: 'once' })
    counts.scenarios++
    counts.calls += calls.length
    for (const [index, call] of calls.entries()) {
      const faults = errnosOf(index, errnosPerCall).flatMap((errno) => faultsOf(call.name, errno))
      const strikes = [
        ...faults.flatMap((fault, at) => reachesOf(sticky, index + at).map((reach) => ({ fault, reach }))),
        { fault: { errno: 'EIO' }, reach: 'process' as const },
      ]
      for (const strike of strikes) {
        const report = await strikeOnce(scenario, { at: index + 1, ...strike })
        counts.strikes++
        counts.kills += strike.reach === 'process' ? 1 : 0
        counts.struck += report.isStruck ? 1 : 0
        counts.receipts += report.receipts
        const where = `${scenario.name}, ${call.name} ${call.path} ${JSON.stringify(strike)}`
        violations.push(...report.violations.map((one) => ({ ...one, sentence: `${where}: ${one.sentence}` })))
      }
    }
  }
  return {
    suite: 'B errors, simulated',
    counts,
    violations,
    guards: [
      { name: 'calls', value: counts.calls, min: 100 },
      { name: 'struck', value: counts.struck, min: counts.strikes },
      { name: 'receipts', value: counts.receipts, min: counts.strikes },
    ],
    seed,
    notRun: [],
  }
}

function reachesOf(sticky: ErrnoSuiteOptions['sticky'], index: number): ('once' | 'call')[] {
  if (sticky === 'both') return ['once', 'call']
  return index % 2 === 0 ? ['once'] : ['call']
}

function errnosOf(index: number, perCall: number): string[] {
  return Array.from({ length: perCall }, (_, at) => allErrnos[(index + at) % allErrnos.length] as string)
}

/** A failed sync or write with its bytes kept and dropped, and a short write. */
function faultsOf(name: string, errno: string): Fault[] {
  if (name === 'fdatasync' || name === 'fsync') return [{ errno }, { errno, isLosing: true }]
  if (name === 'write')
    return [{ errno }, { errno, isTaken: true }, { errno, isTaken: true, isLosing: true }, { shortBytes: 10 }]
  return [{ errno }]
}
