// A build ledger folded to its `orderingLedger`: printed, put into a build_state.json, or compared with what is there now
// in the words of the original checker.
import { readFile } from 'node:fs/promises'
import { invariant } from '@ledgerd/schema/errors'
import {
  type EventLike,
  foldOrderingLedger,
  legacyReport,
  type OrderingFold,
  type OrderingLedger,
  validateOrdering,
} from '@ledgerd/schema-build-order'
import * as z from 'zod'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { ExportFlags } from './export-run.ts'
import { asCliError } from './file-bytes.ts'
import type { Io } from './io.ts'
import type { LineItem } from './line-item.ts'

export async function exportBuildState(lines: AsyncIterable<LineItem>, flags: ExportFlags, io: Io): Promise<number> {
  const events: EventLike[] = []
  for await (const { schema, bytes } of lines) {
    invariant(schema !== undefined, 'lines for export come with their schema')
    events.push(schema.decode(bytes))
  }
  const fold = foldOrderingLedger(events)
  if (flags.legacyReport !== undefined) return await printLegacyReport(fold, flags.legacyReport, flags, io)
  if (flags.into !== undefined) return await writeInto(fold, flags.into, flags, io)
  await io.write(`${JSON.stringify(fold.orderingLedger, undefined, 2)}\n`)
  return exitCodes.yes
}

/** Atomically, under the lock that other writers of the file take. */
async function writeInto({ orderingLedger }: OrderingFold, file: string, flags: ExportFlags, io: Io): Promise<number> {
  const { updateOrderingLedger } = await import('@ledgerd/schema-build-order/node')
  const wanted = JSON.stringify(orderingLedger)
  const change = (before: OrderingLedger): OrderingLedger =>
    JSON.stringify(before) === wanted ? before : orderingLedger
  const { isWritten } = await updateOrderingLedger(file, change, { whenMissing: 'create' })
  if (flags.quiet !== true)
    io.say(
      isWritten
        ? `ledgerd: orderingLedger written into ${file}\n`
        : `ledgerd: ${file} has it already; nothing changed\n`,
    )
  return exitCodes.yes
}

const artifactsModel = z.record(z.string(), z.looseObject({ hash: z.string(), count: z.number() }).nullable())

/** Prints what the original would have said; exit code 1 when it would have failed. */
async function printLegacyReport(fold: OrderingFold, file: string, flags: ExportFlags, io: Io): Promise<number> {
  const artifacts = artifactsModel.safeParse(await readJson(file))
  if (!artifacts.success)
    throw new CliError(
      exitCodes.usage,
      `${file} names no artifacts`,
      'write {"chunk_meta": {"hash": "sha1:…", "count": 9}}',
    )
  const validation = validateOrdering(fold.orderingLedger, {
    stage: flags.stage ?? null,
    mode: flags.mode,
    artifacts: artifacts.data,
    strictness: flags.strict === true ? 'strict' : 'default',
  })
  const report = legacyReport(validation, flags.mode)
  await io.write(`${JSON.stringify(report, undefined, 2)}\n`)
  return report.modeReport.ok ? exitCodes.yes : exitCodes.no
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliError(exitCodes.usage, `${file} is not JSON: ${error.message}`)
    throw asCliError(error, file)
  }
}
