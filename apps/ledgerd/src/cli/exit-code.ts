// What the process ends with (cli.md §2 of the design). Codes only grow; scripts treat an unknown one as failure.
import type { ErrorCode } from '@ledgerd/schema'

export const exitCodes = {
  yes: 0,
  /** The answer is no: tampered, differs, draft refused. */
  no: 1,
  usage: 2,
  /** Something requested was not checked. */
  inconclusive: 3,
  notFound: 4,
  locked: 5,
  unreachable: 6,
  /** I/O or load error: nothing was decided. */
  undecided: 7,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const

const { no, usage, notFound, locked, unreachable, undecided, interrupted } = exitCodes

/** What each error code of daemon and client means for the process (cli.md §6). */
export const exitCodeOf: Readonly<Record<ErrorCode, number>> = {
  UNREACHABLE: unreachable,
  DEADLINE: unreachable,
  BUSY: unreachable,
  DRAINING: unreachable,
  LEDGER_LOCKED: locked,
  QUEUE_FULL: unreachable,
  RATE_LIMITED: unreachable,
  ABORTED: interrupted,
  CLOSED: undecided,
  EXPECT_FAILED: no,
  IDENTITY_CONFLICT: no,
  SCHEMA_INVALID: no,
  INVARIANT_VIOLATED: no,
  VALUE_REFUSED: no,
  LINE_TOO_LONG: no,
  BATCH_TOO_LARGE: no,
  SCHEMA_UNKNOWN: no,
  PROTOCOL_VERSION: unreachable,
  FRAME_INVALID: usage,
  REQUEST_INVALID: usage,
  UNAUTHENTICATED: unreachable,
  FORBIDDEN: unreachable,
  LEDGER_ID_INVALID: usage,
  LEDGER_NOT_FOUND: notFound,
  LEDGER_STOPPED: undecided,
  EVENT_NOT_FOUND: notFound,
  CURSOR_AHEAD: notFound,
  CURSOR_GONE: notFound,
  EVENT_INVALID: no,
  UPCAST_MISSING: no,
  INTEGRITY_BROKEN: no,
  CONFIG_INVALID: usage,
  INTERNAL: undecided,
}
