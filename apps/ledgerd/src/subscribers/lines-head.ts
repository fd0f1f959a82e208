// The encoded header of `lines` frames. Followers that chose the same stream id share one for each committed run, as they
// share the run's bytes; nobody serialises twice.
import type { LinesFrame } from '@ledgerd/protocol'
import type { LineRun } from '../engine/line-run.ts'

/** A header as it goes out: JSON and LF. */
export function encodeHead(frame: LinesFrame): Uint8Array {
  return Buffer.from(`${JSON.stringify(frame)}\n`)
}

/** Listeners of one run are called one after the other, so remembering the newest run is enough. */
export class LinesHeads {
  #run: LineRun | undefined
  readonly #byId = new Map<number, Uint8Array>()

  /** The header for all of `run`, on stream `id`. */
  headOf(run: LineRun, id: number): Uint8Array {
    if (run !== this.#run) {
      this.#run = run
      this.#byId.clear()
    }
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const next = run.from + run.count
    const head = encodeHead({ t: 'lines', id, ledger: run.ledger, from: run.from, n: run.count, next })
    this.#byId.set(id, head)
    return head
  }
}
