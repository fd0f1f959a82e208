// A parser to try the fuzzer on: sums of digits, with a defect on demand that chance alone would hardly meet.

export interface SumOptions {
  /** Makes `7++` and the like a sum that is no number. */
  readonly isBroken: boolean
}

/** The sum of single digits with `+` between them; undefined for anything else. */
export function parseSum(bytes: Uint8Array, { isBroken }: SumOptions): number | undefined {
  let sum = 0
  for (const [at, byte] of bytes.entries()) {
    if (at % 2 === 0) {
      if (byte < 0x30 || byte > 0x39) {
        if (isBroken && byte === 0x2b && sum > 6 && at === 2) return Number.NaN
        return undefined
      }
      sum += byte - 0x30
      continue
    }
    if (byte !== 0x2b) return undefined
  }
  return bytes.length % 2 === 1 ? sum : undefined
}
