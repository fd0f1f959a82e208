// `ledgerd export`: reads a ledger from file or daemon and hands it to the form that was asked for. Never writes into a
// ledger.
import { isBlank } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import { type BuiltInFamily, loadBuiltIn } from '../schemas/built-in.ts'
import { CliError } from './cli-error.ts'
import { daemonLines } from './daemon-ledger.ts'
import { exitCodes } from './exit-code.ts'
import { fileLines } from './file-lines.ts'
import type { Io } from './io.ts'
import type { LineItem } from './line-item.ts'
import { neutralize } from './neutralize.ts'
import type { OutputFlags } from './output-flags.ts'
import { DaemonSchemas, schemaOfFile } from './schema-choice.ts'
import { parseTarget } from './target.ts'

export interface ExportFlags extends OutputFlags {
  readonly family: Extract<BuiltInFamily, 'build-order' | 'workflow-records'>
  readonly data?: string
  readonly url?: string
  readonly into?: string
  readonly to?: string
  readonly legacyReport?: string
  readonly mode: string
  readonly stage?: string
  readonly strict?: boolean
}

/** Exports one ledger. Throws CliError and LedgerError. */
export async function runExport(name: string, flags: ExportFlags, io: Io): Promise<number> {
  const schema = await loadBuiltIn(flags.family)
  const lines = await openLines(name, flags, schema, io)
  if (flags.family === 'build-order')
    return await (await import('./export-build-state.ts')).exportBuildState(lines, flags, io)
  return await (await import('./export-records.ts')).exportRecords(lines, flags, io)
}

/** The lines of the ledger that are not blank. Throws CliError when its recorded or recognised family is another. */
async function openLines(
  name: string,
  flags: ExportFlags,
  wanted: LedgerSchema,
  io: Io,
): Promise<AsyncIterable<LineItem>> {
  const target = parseTarget(name, flags)
  if (target.kind === 'pattern' || target.kind === 'stdin')
    throw new CliError(exitCodes.usage, `export takes one ledger or file, not ${name}`)
  // The family that was asked for is no wish how to read a ledger, so it is not passed on.
  const { family: _, ...address } = flags
  const schema =
    target.kind === 'file'
      ? await schemaOfFile(target.path, {}, flags.family)
      : await new DaemonSchemas(address, io).of(target.ledger)
  if (schema.name !== wanted.name)
    throw new CliError(
      exitCodes.no,
      `the lines of ${name} are ${schema.name}, not ${wanted.name}`,
      `ledgerd cat ${name} --raw`,
    )
  const onNotice = (sentence: string): void => {
    if (flags.quiet !== true) io.say(`ledgerd: ${neutralize(sentence)}\n`)
  }
  const from = 'start'
  const lines =
    target.kind === 'file'
      ? fileLines({
          path: target.path,
          ledger: target.ledger,
          from: { kind: from },
          to: undefined,
          isFollowing: false,
          schema,
          signal: io.interrupted,
          onNotice,
        })
      : daemonLines(
          {
            ledgers: [target.ledger],
            from,
            isFollowing: false,
            types: undefined,
            link: undefined,
            flags: address,
            isSchemaWanted: true,
            onNotice,
          },
          io,
        )
  return withoutBlanks(lines)
}

async function* withoutBlanks(lines: AsyncIterable<LineItem>): AsyncGenerator<LineItem> {
  for await (const item of lines) if (!isBlank(item.bytes)) yield item
}
