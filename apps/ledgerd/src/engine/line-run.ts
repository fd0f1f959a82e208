// A contiguous run of whole lines of one ledger.

export interface LineRun {
  readonly ledger: string
  readonly from: number
  readonly count: number
  readonly bytes: Uint8Array
}

const LF = 0x0a

export function countLines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count++
  return count
}
