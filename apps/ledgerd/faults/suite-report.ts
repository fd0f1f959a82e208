// What a suite of the laboratory hands over: counts, violations, and the guards that show it tested anything.
import fs from 'node:fs'
import path from 'node:path'
import type { Violation } from '@ledgerd/testkit'
import { afterAll, afterEach, expect, type RunnerTestCase } from 'vitest'

export interface Guard {
  readonly name: string
  readonly value: number
  readonly min: number
}

export interface SuiteReport {
  /** The letter of reliability.md §11 and what it is about. */
  readonly suite: string
  readonly counts: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  readonly guards: readonly Guard[]
  readonly seed: number
  /** Parts that could not run here, with the reason. */
  readonly notRun: readonly string[]
}

/** Guards that were missed, as sentences. */
export function missedGuards({ guards }: SuiteReport): string[] {
  return guards.filter(({ value, min }) => value < min).map(({ name, value, min }) => `${name}: ${value} of ${min}`)
}

/** When the suite before this one was over, in the same process. */
let handedInMs = performance.now()

/** Hands a report to the table of `pnpm test:faults`, and fails on a violation or a missed guard. */
export function handIn(report: SuiteReport): void {
  const folder = process.env['FAULTS_REPORTS']
  const name = `${report.suite.replaceAll(/[^a-z0-9]+/gi, '-')}.json`
  if (folder !== undefined) {
    const { violations, ...rest } = report
    const missed = missedGuards(report)
    const seconds = Math.round((performance.now() - handedInMs) / 1000)
    handedInMs = performance.now()
    const lost = violations.filter(({ kind }) => kind === 'lost').length
    const gone = violations.filter(({ kind }) => kind === 'phantom').length
    const shown = violations.slice(0, 20)
    const row = { ...rest, missed, violations: shown, violationCount: violations.length, lost, gone, seconds }
    fs.writeFileSync(path.join(folder, name), JSON.stringify(row))
  }
  expect(report.violations.slice(0, 20)).toEqual([])
  expect(missedGuards(report)).toEqual([])
}

/** Hands in one row for the file of tests that calls this: each test that fails is a violation. */
export function handInFile(
  suite: string,
  testsMin: number,
  figures: () => Partial<Omit<SuiteReport, 'suite' | 'violations'>> = () => ({}),
): void {
  const tests: RunnerTestCase[] = []
  afterEach(({ task }) => {
    tests.push(task)
  })
  afterAll(() => {
    const { counts = {}, guards = [], seed = 0, notRun = [] } = figures()
    const violations = tests.filter(({ result }) => result?.state === 'fail').map(violationOf)
    // By hand some may be run alone.
    const min = process.env['FAULTS_REPORTS'] === undefined ? 0 : testsMin
    const ranGuard = { name: 'tests', value: tests.length, min }
    handIn({
      suite,
      counts: { tests: tests.length, ...counts },
      violations,
      guards: [ranGuard, ...guards],
      seed,
      notRun,
    })
  })
}

function violationOf({ name, result }: RunnerTestCase): Violation {
  return { kind: 'misbehaved', ledger: '', sentence: `${name}: ${result?.errors?.[0]?.message ?? 'failed'}` }
}

/** The report of a suite that could not run here. */
export function notRun(suite: string, reason: string, seed: number): SuiteReport {
  return { suite, counts: {}, violations: [], guards: [], seed, notRun: [reason] }
}
