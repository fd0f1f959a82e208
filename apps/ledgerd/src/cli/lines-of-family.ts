// The lines of one ledger or bare file for a command that serves one family only, blank ones left out. A ledger of
// another family is refused before a line of it is looked at.
import { isBlank } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import type { BuiltInFamily } from '../schemas/built-in.ts'
import { CliError } from './cli-error.ts'
import { daemonLines } from './daemon-ledger.ts'
import { exitCodes } from './exit-code.ts'
import { fileLines } from './file-lines.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import type { LineItem } from './line-item.ts'
import { noticesOn } from './notice.ts'
import { DaemonSchemas, schemaOfFile } from './schema-choice.ts'
import { parseTarget } from './target.ts'

export interface FamilyLinesFlags {
  readonly data?: string
  readonly url?: string
  readonly quiet?: boolean
}

export interface FamilyLinesOptions {
  /** For messages: `export takes one ledger or file`. */
  readonly command: string
  readonly family: BuiltInFamily
  /** The schema of that family. */
  readonly wanted: LedgerSchema
  /** What the process ends with for a ledger of another family. */
  readonly otherFamilyExitCode: number
}

/**
 * Opens what `name` stands for. Throws CliError when its recorded or recognised family is another, and, behind the last line,
 * when a signal ended it.
 */
export async function linesOfFamily(
  name: string,
  flags: FamilyLinesFlags,
  { command, family, wanted, otherFamilyExitCode }: FamilyLinesOptions,
  io: Io,
): Promise<AsyncIterable<LineItem>> {
  const target = parseTarget(name, flags)
  if (target.kind === 'pattern' || target.kind === 'stdin')
    throw new CliError(exitCodes.usage, `${command} takes one ledger or file, not ${name}`)
  const schema =
    target.kind === 'file'
      ? await schemaOfFile(target.path, {}, family)
      : await new DaemonSchemas(flags, io).of(target.ledger)
  if (schema.name !== wanted.name)
    throw new CliError(
      otherFamilyExitCode,
      `the lines of ${name} are ${schema.name}, not ${wanted.name}`,
      `ledgerd cat ${name} --raw`,
    )
  const { ledger } = target
  const signal = io.interrupted
  const whole = { isFollowing: false, onNotice: noticesOn(io, flags) }
  const lines =
    target.kind === 'file'
      ? fileLines({ ...whole, path: target.path, ledger, from: { kind: 'start' }, to: undefined, schema, signal })
      : daemonLines(
          {
            ...whole,
            ledgers: [ledger],
            from: 'start',
            types: undefined,
            link: undefined,
            flags,
            isSchemaWanted: true,
          },
          io,
        )
  return wholeWithoutBlanks(lines, name, signal)
}

/** A stream that a signal ended looks like a whole one: nothing may be decided by it. */
async function* wholeWithoutBlanks(
  lines: AsyncIterable<LineItem>,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<LineItem> {
  for await (const item of lines) if (!isBlank(item.bytes)) yield item
  if (signal.aborted) throw new CliError(exitCodeOfSignal(signal), `interrupted before the end of ${name}`)
}
