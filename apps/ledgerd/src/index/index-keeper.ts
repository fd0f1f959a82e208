// Writes the derived index behind the commits: records of committed lines gather here and go to the index file in larger
// pieces. Nothing waits for it; when it fails, the index is rebuilt at the next open and the ledger goes on.
import type { IndexFile } from './index-file.ts'
import type { Fingerprint } from './identity-table.ts'

export interface KeeperParts {
  readonly file: IndexFile
  readonly seed: Fingerprint
  /** Runs a task after a while; returns its cancellation. */
  readonly later: (delayMs: number, task: () => void) => () => void
  readonly onFailed: (error: unknown) => void
}

const pendingBytesMax = 256 << 10
const delayMs = 250

export class IndexKeeper {
  readonly #parts: KeeperParts
  #pending: Buffer[] = []
  #pendingBytes = 0
  /** Peaks of the tree behind the last pending record. */
  #peaks: readonly Uint8Array[] = []
  #cancel: (() => void) | undefined
  #hasFailed = false

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  /** Takes the records of a committed group, and the peaks of the tree behind it. */
  keep(records: Buffer, peaks: readonly Uint8Array[]): void {
    if (this.#hasFailed) return
    this.#pending.push(records)
    this.#pendingBytes += records.length
    this.#peaks = peaks
    if (this.#pendingBytes >= pendingBytesMax) this.flush()
    else this.#cancel ??= this.#parts.later(delayMs, () => this.flush())
  }

  /** Writes what is pending. Never throws. */
  flush(): void {
    this.#cancel?.()
    this.#cancel = undefined
    const records = Buffer.concat(this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    if (this.#hasFailed || records.length === 0) return
    try {
      this.#parts.file.flush(records, this.#peaks, this.#parts.seed)
    } catch (error) {
      // Derived and disposable: receipts do not depend on it.
      this.#hasFailed = true
      this.#parts.onFailed(error)
    }
  }
}
