// One side of `ledgerd drift`: a build_state.json, or a build-order ledger folded from a file or from its daemon.
import { LedgerError } from '@ledgerd/schema/errors'
import { type BuildRecord, emptyFold, type EventLike, foldOrderingLedger } from '@ledgerd/schema-build-order'
import { readBuildState } from '@ledgerd/schema-build-order/node'
import { loadBuiltIn } from '../schemas/built-in.ts'
import { CliError } from './cli-error.ts'
import type { DriftFlags } from './drift-run.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import { statOf } from './import-source.ts'
import type { Io } from './io.ts'
import { linesOfFamily } from './lines-of-family.ts'
import { noticesOn } from './notice.ts'

const family = 'build-order'
/** Events folded at once, so that memory grows with stages and artifacts only. */
const batchEvents = 4096

/**
 * Loads a build. Throws CliError: 4 when there is none of this name, 7 when there is one and it cannot be read as a
 * build; and what asking a daemon can throw.
 */
export async function loadBuild(name: string, flags: DriftFlags, io: Io): Promise<BuildRecord> {
  return name.endsWith('.json') ? await loadState(name, flags, io) : await loadLedger(name, flags, io)
}

async function loadState(name: string, flags: DriftFlags, io: Io): Promise<BuildRecord> {
  await statOf(name)
  const { ledger, findings } = await readBuildState(name)
  const stopping = findings.find(({ severity }) => severity === 'E' || (flags.strict === true && severity === 'W'))
  const wrong = stopping ?? (ledger === undefined ? findings[0] : undefined)
  if (ledger === undefined || wrong !== undefined)
    throw new CliError(
      exitCodes.undecided,
      `${name} cannot be compared: ${wrong?.code ?? 'ledger-missing'}: ${wrong?.message ?? 'it holds no orderingLedger'}`,
      'build the index once more',
    )
  const sayNotice = noticesOn(io, flags)
  for (const { code, message } of findings) sayNotice(`${name}: ${code}: ${message}`)
  return { orderingLedger: ledger }
}

async function loadLedger(name: string, flags: DriftFlags, io: Io): Promise<BuildRecord> {
  const wanted = await loadBuiltIn(family)
  const options = { command: 'drift', family, wanted, otherFamilyExitCode: exitCodes.undecided } as const
  let fold = emptyFold
  let events: EventLike[] = []
  try {
    for await (const { bytes } of await linesOfFamily(name, flags, options, io)) {
      events.push(wanted.decode(bytes))
      if (events.length < batchEvents) continue
      fold = foldOrderingLedger(events, fold)
      events = []
    }
    return foldOrderingLedger(events, fold)
  } catch (error) {
    // A line that is no event is no difference between builds.
    if (!(error instanceof LedgerError) || exitCodeOf[error.code] !== exitCodes.no) throw error
    const where = flags.data === undefined ? name : `${name} --data ${flags.data}`
    throw new CliError(
      exitCodes.undecided,
      `${name} cannot be compared: ${error.message}`,
      `see which line: ledgerd verify ${where} --level schema`,
      error,
    )
  }
}
