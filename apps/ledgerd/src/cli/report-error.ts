// Says on stderr why a command could not do its work, with the next command to try, and finds the exit code.
import { LedgerError } from '@ledgerd/schema/errors'
import { isQuotaUsedUp, systemErrorText } from '../storage/system-error-text.ts'
import { CliError } from './cli-error.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'

const hints: Readonly<Partial<Record<LedgerError['code'], string>>> = {
  UNREACHABLE: 'start one: ledgerd serve DIR; or name it: --url, LEDGERD_URL',
  DEADLINE: 'see whether it is well: curl http://127.0.0.1:4437/readyz',
  UNAUTHENTICATED: 'the token is in DIR/.ledgerd/token: export LEDGERD_TOKEN=$(cat DIR/.ledgerd/token)',
  FORBIDDEN: 'see what tokens allow: ledgerd token list --data DIR',
  LEDGER_NOT_FOUND: 'a ledger is made by its first append: ledgerd append LEDGER TYPE JSON',
  LEDGER_STOPPED: 'see why: ledgerd verify LEDGER --data DIR --level schema',
  INTEGRITY_BROKEN: 'see where: ledgerd verify LEDGER --data DIR --level tree',
  IDENTITY_CONFLICT: 'see what stands there: ledgerd get LEDGER SEQ; other content wants another --key, or none',
  EXPECT_FAILED: 'see what came meanwhile: ledgerd tail LEDGER -n 5; then decide again',
  SCHEMA_INVALID: 'see what its events may hold: ledgerd schema docs FAMILY; ledgerd stats LEDGER names it',
  EVENT_NOT_FOUND: 'see the newest: ledgerd tail LEDGER -n 1; a place is start, end, N, -N, @time or an event id',
  CURSOR_AHEAD: 'see how long it is: ledgerd verify LEDGER --level tail',
}

/** Reports an expected failure and returns its exit code. Rethrows defects. */
export function reportError(error: unknown, io: Io): number {
  if (error instanceof CliError) {
    io.say(
      `ledgerd: ${neutralize(error.message)}\n${error.hint === undefined ? '' : `  try: ${neutralize(error.hint)}\n`}`,
    )
    return error.exitCode
  }
  if (error instanceof LedgerError) {
    const { command } = error.details
    const hint = typeof command === 'string' ? command : hints[error.code]
    io.say(`ledgerd: ${neutralize(error.message)}\n${hint === undefined ? '' : `  try: ${neutralize(hint)}\n`}`)
    return exitCodeOf[error.code]
  }
  if (isNamed(error) || isQuotaUsedUp(error)) {
    io.say(`ledgerd: ${neutralize(systemErrorText(error as Error))}\n`)
    return exitCodes.undecided
  }
  throw error
}

/** An error of the system that Node has a name for. */
function isNamed(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)
}
