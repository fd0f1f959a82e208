// Suite A of reliability §11: the crash states of recorded runs, each recovered twice and judged from outside.
import { exploreCrashes, type Granularity, type RecordedRun, type Violation } from '@ledgerd/testkit'
import { creationRun, groupsRun, recoveryRun, secondRecoveryRun } from './crash-runs.ts'
import { stateJudge } from './judge-state.ts'
import type { Recording } from './record-run.ts'
import type { SuiteReport } from './suite-report.ts'

export interface CrashSuiteOptions {
  /** Crashes of the commit path, of recovery, or of both in turn. */
  readonly about: 'commit' | 'recovery' | 'both'
  /** Goes on with new runs until this many states were judged. */
  readonly states: number
  readonly seed: number
  readonly random: () => number
}

/** Runs the suite; every byte of ledgers, head records and repairs is a cut, of derived files every few. */
export async function runCrashSuite({ about, states, seed, random }: CrashSuiteOptions): Promise<SuiteReport> {
  const totals = { runs: 0, receipts: 0, points: 0, states: 0, recoveries: 0, tornTails: 0, trailing: 0, doubts: 0 }
  const images = new Set<string>()
  const violations: Violation[] = []
  let until = states
  /** First everywhere a little, then at every byte. */
  const take = async (run: Recording): Promise<void> => {
    await crash(run, coarse(random))
    await crash(run, fine(random))
    totals.runs++
    totals.receipts += run.events.filter(({ kind }) => kind === 'receipt').length
  }
  const crash = async (run: Recording, grain: Granularity): Promise<void> => {
    const found = await exploreRun(run, run.sent, grain, until - totals.states, 5, images)
    totals.points += found.points
    totals.states += found.states
    totals.recoveries += found.recoveries
    totals.tornTails += found.tornTails
    totals.trailing += run.trails ? found.states : 0
    totals.doubts += found.doubts
    violations.push(...found.violations)
  }
  const isOver = (): boolean => totals.states >= until || violations.length > 0
  let hasCreated = false
  for (let round = 0; totals.states < states && violations.length === 0; round++) {
    // In turns; where one round would take all states, both have half of them.
    const secondSync = round % 2 === 0 ? 'head' : 'same'
    until = round === 0 ? states / 2 : states
    const groups = await groupsRun(random, 4, secondSync)
    if (about !== 'commit') {
      const recovery = await recoveryRun(groups, random, secondSync)
      await take(recovery)
      if (!isOver()) await take(await secondRecoveryRun(recovery, random, secondSync))
    }
    if (about !== 'recovery' && !isOver()) {
      await take(groups)
      // It is the same each time.
      if (!isOver() && !hasCreated) await take(await creationRun())
      hasCreated = true
    }
  }
  return {
    suite: `A crash states, ${about}`,
    counts: { ...totals, images: images.size },
    violations,
    guards: [
      { name: 'states', value: totals.states, min: states },
      { name: 'receipts', value: totals.receipts, min: totals.runs },
      { name: 'torn tails', value: totals.tornTails, min: states < 10_000 ? 0 : states / 100 },
      { name: 'recoveries', value: totals.recoveries, min: states / 4 },
      { name: 'states of head records that trail', value: totals.trailing, min: states / 10 },
      { name: 'states that leave no doubt', value: totals.states - totals.doubts, min: states * 0.9 },
    ],
    seed,
    notRun: [],
  }
}

interface Explored {
  readonly points: number
  readonly states: number
  readonly recoveries: number
  readonly tornTails: number
  readonly doubts: number
  readonly violations: readonly Violation[]
}

/** Digests are kept so long: enough to tell images apart, short enough for millions of them. */
const digestLength = 10

/** Crashes one run everywhere, up to `statesMax` states or the first violations; notes each distinct disk in `images`. */
export async function exploreRun(
  run: RecordedRun & Pick<Partial<Recording>, 'trails'>,
  sent: ReadonlySet<string>,
  grain: Granularity,
  statesMax: number,
  violationsMax = 5,
  images: Set<string> = new Set(),
): Promise<Explored> {
  const judge = stateJudge(sent, run.image, run.trails === true)
  const { points, states, violations } = await exploreCrashes(run, {
    grain,
    judge: (state) => {
      images.add(state.digest.slice(0, digestLength))
      return judge.judge(state)
    },
    violationsMax,
    statesMax,
  })
  const { recoveries, tornTails, doubts } = judge
  return { points, states, violations, recoveries, tornTails, doubts }
}

/** Every byte where receipts depend on it. */
export function fine(random: () => number): Granularity {
  return { cutBytes: (path) => (isRenamedWhenWhole(path) ? 61 : 1), fillBytes: 24, subsetsMax: 64, random }
}

/** Fewer cuts, for runs that are crashed many times over. */
export function coarse(random: () => number): Granularity {
  return { cutBytes: () => 211, fillBytes: 307, subsetsMax: 8, random }
}

/** Files that get their name after their sync, and those that can be deleted at any time. */
function isRenamedWhenWhole(path: string): boolean {
  return path.endsWith('.new') || /\.jsonl\/(lines|lines\.seal|holder\.json)$/.test(path)
}
