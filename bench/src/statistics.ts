// The few statistics the tables are made of. Medians, because a shared machine has outliers and only in one direction.

/** The middle value; of an even count the mean of the middle two. NaN when there is nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Half the distance between the extremes, as a fraction of the median: the ± of a table cell. */
export function spread(values: readonly number[]): number {
  if (values.length < 2) return 0
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values)
}

/**
 * The median of the ratios round by round. Rounds alternate between the contenders, so two values of one round were
 * taken seconds apart and share the mood of the machine; the ratio of two medians would not.
 */
export function pairedRatio(values: readonly number[], references: readonly number[]): number {
  const ratios: number[] = []
  for (const [round, value] of values.entries()) {
    const reference = references[round]
    if (reference !== undefined && reference > 0) ratios.push(value / reference)
  }
  return median(ratios)
}
