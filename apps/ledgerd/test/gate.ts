// The gates of reliability.md §11 beyond `pnpm test`: `pnpm test:faults` and its long form. A run does all of one or a share.

/** How often a suite repeats at each of the two. */
export interface GateCounts {
  readonly faults: number
  readonly long: number
}

/** Started by hand, a suite counts as `pnpm test:faults` does. */
export const gate: keyof GateCounts = process.env['FAULTS_GATE'] === 'long' ? 'long' : 'faults'

/** The count of the gate that runs, times its share FAULTS_SCALE; at least one. */
export function atGate(counts: GateCounts): number {
  return Math.max(1, Math.round(counts[gate] * Number(process.env['FAULTS_SCALE'] ?? 1)))
}
