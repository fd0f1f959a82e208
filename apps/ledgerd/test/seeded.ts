// Repeatable chance for suites: the seed comes from the environment or the clock and is printed, so a failing run can be had again.
import { atGate, type GateCounts } from './gate.ts'

/** A generator of numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed of this run: SEED, or one from the clock. Says it. */
export function seedOfRun(suite: string): number {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  process.stderr.write(`${suite}: SEED=${seed}\n`)
  return seed
}

/**
 * How often a suite repeats: a number from the environment; in `pnpm test:faults` and its long form the number of reliability
 * §11, times its share; else the short form's.
 */
export function rounds(variable: string, short: number, counts: GateCounts = { faults: short, long: short }): number {
  const given = process.env[variable]
  if (given !== undefined) return Number(given)
  return process.env['FAULTS_SCALE'] === undefined ? short : atGate(counts)
}
