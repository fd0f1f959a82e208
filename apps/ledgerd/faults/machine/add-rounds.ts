// How the suites play that go by rounds: one world after the other, their counts added up, until there were enough or one of
// them shows a violation.
import type { Violation } from '@ledgerd/testkit'

export interface RoundOptions {
  readonly suite: string
  readonly rounds: number
  readonly seed: number
  readonly random: () => number
}

/** What came of one round. */
export interface Round<Name extends string> {
  readonly counts: Readonly<Partial<Record<Name, number>>>
  readonly violations: readonly Violation[]
}

/** Adds to `counts`, which `isEnough` may look at; the violations of the last round. */
export async function addRounds<Name extends string>(
  counts: Record<Name, number>,
  isEnough: () => boolean,
  play: () => Promise<Round<NoInfer<Name>>>,
): Promise<readonly Violation[]> {
  let violations: readonly Violation[] = []
  while (!isEnough() && violations.length === 0) {
    const round = await play()
    for (const name of Object.keys(round.counts) as Name[]) counts[name] += round.counts[name] ?? 0
    violations = round.violations
  }
  return violations
}
