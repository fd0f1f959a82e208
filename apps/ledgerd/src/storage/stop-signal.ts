// Why a ledger stops taking appends, and the signal that carries it from storage to the engine.
import os from 'node:os'
import { systemErrorText } from './system-error-text.ts'

/** Why a ledger stops; the words of `details.reason` (reliability: stop). */
export type StopReason =
  | 'acknowledged-missing'
  | 'acknowledged-damaged'
  | 'write-failed'
  | 'sync-failed'
  | 'foreign-bytes'
  | 'file-replaced'
  | 'epoch-superseded'
  | 'lock-taken'
  | 'disk-full'
  | 'tail-too-large'
  | 'tail-in-doubt'
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

/** The signal for an error of the file system. */
export function stopOf(reason: StopReason, error: unknown): StopSignal {
  if (error instanceof StopSignal) return error
  return new StopSignal(isDiskFull(error) ? 'disk-full' : reason, systemErrorText(error as Error), error)
}

/** A disk or a quota has no room. EDQUOT has no name in libuv, so the numbers are compared. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof StopSignal) return error.reason === 'disk-full'
  const { ENOSPC, EDQUOT } = os.constants.errno
  return isOneOf(error, [ENOSPC, EDQUOT])
}

/** The process or the machine has no descriptor, process or memory left: nothing is wrong with any disk. */
export function isShortOfResources(error: unknown): boolean {
  const { EMFILE, ENFILE, EAGAIN, ENOMEM } = os.constants.errno
  return isOneOf(error, [EMFILE, ENFILE, EAGAIN, ENOMEM])
}

/** An error of the file system or another call into the system; all else is a defect. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'errno' in error && error.errno !== undefined
}

function isOneOf(error: unknown, numbers: readonly number[]): boolean {
  return isSystemError(error) && numbers.includes(-(error.errno ?? 0))
}
