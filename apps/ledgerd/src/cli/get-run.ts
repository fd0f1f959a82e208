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
import { parsePosition } from './position.ts'
import { schemaOfFile } from './schema-choice.ts'
import { parseTarget } from './target.ts'

/** Prints one line. Throws CliError and LedgerError. */
export async function runGet(name: string, at: string, flags: SourceFlags, io: Io): Promise<number> {
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
  if (target.kind === 'ledger') {
    await using ledger = openDaemonLedger(target.ledger, flags, io, { isSchemaWanted: needsSchema(flags) })
    await io.write(format(await ledger.line(position.kind === 'seq' ? position.seq : position)))
    return exitCodes.yes
  }
  const schema = await schemaOfFile(target.path, flags)
  const file = await openFile(target.path)
  try {
    const { size } = await file.stat()
    const { offset, seq } = await findPlace(target.path, file, size, position, schema)
    const bytes = await lineAt(file, size, offset)
    if (bytes === undefined)
      throw new CliError(
        exitCodes.notFound,
        `${name} has ${seq} lines; there is no seq ${seq}`,
        `ledgerd tail ${name} -n 1`,
      )
    const item: LineItem = { ledger: target.ledger, seq, offset, bytes, schema }
    await io.write(format(item))
    return exitCodes.yes
  } finally {
    await file.close()
  }
}
