// Why a ledger stops taking appends, and the signal that carries it from storage to the engine.
import os from 'node:os'

/** Why a ledger stops; the words of `details.reason` (reliability: stop). */
export type StopReason =
  | 'acknowledged-missing'
  | 'acknowledged-damaged'
  | 'write-failed'
  | 'sync-failed'
  | 'foreign-bytes'
  | 'file-replaced'
  | 'epoch-superseded'
  | 'disk-full'
  | 'tail-too-large'
  | 'damage-without-head'
  | 'checksum-variant-conflict'
  | 'schema-unknown'
  | 'schema-contradicted'
  | 'opening-failed'

/** A write, sync or check failed: the ledger stops. Caught by the engine alone. */
export class StopSignal extends Error {
  readonly reason: StopReason
  /** When its ledger stopped, Unix milliseconds: set once, by the engine as it stops the ledger. */
  sinceMs: number | undefined
  constructor(reason: StopReason, sentence: string, cause?: unknown) {
    super(sentence, { cause })
    this.reason = reason
  }
}

/** Runs a step of the commit; what goes wrong stops the ledger. */
export function stopping(reason: StopReason, step: () => void): void {
  try {
    step()
  } catch (error) {
    throw stopOf(reason, error)
  }
}

/** The signal for an error of the file system. EDQUOT has no name in libuv, so the numbers are compared. */
export function stopOf(reason: StopReason, error: unknown): StopSignal {
  if (error instanceof StopSignal) return error
  const { errno, message } = error as NodeJS.ErrnoException
  const { ENOSPC, EDQUOT } = os.constants.errno
  const isFull = errno === -ENOSPC || errno === -EDQUOT
  return new StopSignal(isFull ? 'disk-full' : reason, message, error)
}
