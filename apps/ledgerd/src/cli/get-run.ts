// `ledgerd get`: one line, by file or by daemon.
import { CliError } from './cli-error.ts'
import { openDaemonLedger } from './daemon-ledger.ts'
import { exitCodes } from './exit-code.ts'
import { openFile } from './file-bytes.ts'
import { findPlace, lineAt } from './file-position.ts'
import type { Io } from './io.ts'
import type { SourceFlags } from './line-flags.ts'
import { lineFormat, needsSchema } from './line-format.ts'
import type { LineItem } from './line-item.ts'
import { printContext } from './linked-lines.ts'
import { parsePosition, type Position } from './position.ts'
import { schemaOfFile } from './schema-choice.ts'
import { parseTarget, type Target } from './target.ts'

export interface GetFlags extends SourceFlags {
  readonly context?: boolean
}

/** Prints one line, with --context also those it is linked with. Throws CliError and LedgerError. */
export async function runGet(name: string, at: string, flags: GetFlags, io: Io): Promise<number> {
  const target = parseTarget(name, flags)
  const position = parsePosition(at, io.nowMs())
  if (position.kind !== 'seq' && position.kind !== 'event')
    throw new CliError(
      exitCodes.usage,
      `${at} is neither a sequence number nor an event id`,
      `ledgerd tail ${name} -n 1`,
    )
  if (target.kind === 'pattern' || target.kind === 'stdin')
    throw new CliError(exitCodes.usage, `get takes one ledger or file, not ${name}`)
  const format = lineFormat(flags, io, undefined)
  const isContext = flags.context === true
  const item =
    target.kind === 'ledger'
      ? await lineOfDaemon(target.ledger, position, isContext || needsSchema(flags), flags, io)
      : await lineOfFile(target, position, flags)
  if (isContext) return await printContext(target, item, flags, io)
  await io.write(format(item))
  return exitCodes.yes
}

type LinePosition = Extract<Position, { kind: 'seq' | 'event' }>

async function lineOfDaemon(
  ledger: string,
  position: LinePosition,
  isSchemaWanted: boolean,
  flags: GetFlags,
  io: Io,
): Promise<LineItem> {
  await using handle = await openDaemonLedger(ledger, flags, io, { isSchemaWanted })
  return await handle.line(position.kind === 'seq' ? position.seq : position)
}

async function lineOfFile(
  { path, ledger, name }: Extract<Target, { kind: 'file' }>,
  position: LinePosition,
  flags: GetFlags,
): Promise<LineItem> {
  const schema = await schemaOfFile(path, flags)
  const file = await openFile(path)
  try {
    const { size } = await file.stat()
    const { offset, seq } = await findPlace(path, file, size, position, schema)
    const bytes = await lineAt(file, size, offset)
    if (bytes !== undefined) return { ledger, seq, offset, bytes, schema }
    throw new CliError(
      exitCodes.notFound,
      `${name} has ${seq} lines; there is no seq ${seq}`,
      `ledgerd tail ${name} -n 1`,
    )
  } finally {
    await file.close()
  }
}
