// Latencies in logarithmic buckets of 1/16 octave: constant memory at any rate, 4.5 % resolution at any size.

const bucketsPerOctave = 16
const bucketCount = 40 * bucketsPerOctave
/** The lower edge of bucket 0. */
const smallestMs = 1e-4

export class LatencyHistogram {
  readonly #counts: Uint32Array = new Uint32Array(bucketCount)
  #total = 0

  /** Adds one latency in milliseconds. Values off the scale count in the outermost bucket. */
  add(latencyMs: number): void {
    const bucket = Math.floor(Math.log2(latencyMs / smallestMs) * bucketsPerOctave)
    const at = bucket > 0 ? Math.min(bucket, bucketCount - 1) : 0
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#total++
  }

  /** The latency in milliseconds that `fraction` (0 to 1) of all values do not exceed. NaN when there is none. */
  quantile(fraction: number): number {
    if (this.#total === 0) return Number.NaN
    let left = Math.max(1, Math.ceil(this.#total * fraction))
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return smallestMs * 2 ** ((bucket + 0.5) / bucketsPerOctave)
    }
    return Number.NaN
  }
}
