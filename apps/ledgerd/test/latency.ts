// How long a healthy client waits, for suites that make others misbehave: a figure to print and compare, never to judge a
// run of the short form by.

/** Times `count` calls one after the other; milliseconds, sorted. */
export async function timesOf(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const startMs = performance.now()
    await call()
    times.push(performance.now() - startMs)
  }
  return times.sort((a, b) => a - b)
}

/** The time that this share of the calls did not exceed. */
export function quantile(sortedMs: readonly number[], share: number): number {
  return sortedMs[Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * share))] ?? Number.NaN
}

/** Both at p99, and how many times as long the second took. */
export function compareP99(before: readonly number[], during: readonly number[]): { ratio: number; sentence: string } {
  const [was, is] = [quantile(before, 0.99), quantile(during, 0.99)]
  const ratio = is / was
  return { ratio, sentence: `p99 ${was.toFixed(2)} ms before, ${is.toFixed(2)} ms during, ratio ${ratio.toFixed(2)}` }
}
