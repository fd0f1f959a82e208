// A contiguous run of whole lines of one ledger.

export interface LineRun {
  readonly ledger: string
  readonly from: number
  readonly count: number
  readonly bytes: Uint8Array
}
