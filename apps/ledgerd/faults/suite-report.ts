// What a suite of the laboratory hands over: counts, violations, and the guards that show it tested anything.
import type { Violation } from '@ledgerd/testkit'

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
