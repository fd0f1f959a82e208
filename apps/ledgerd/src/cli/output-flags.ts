// The flags every command has for its output, and what they decide together.
import { type Command, Option } from 'commander'
import pc from 'picocolors'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'

export interface OutputFlags {
  readonly json?: boolean
  readonly plain?: boolean
  readonly output?: string
  readonly raw?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly color: 'auto' | 'always' | 'never'
}

export type OutputForm = 'text' | 'json' | 'plain' | 'template' | 'raw'

/** Adds `-q -v --color`. */
export function addTalkFlags(command: Command): Command {
  return command
    .option('-q, --quiet', 'no talk on stderr')
    .option('-v, --verbose', 'more talk on stderr')
    .addOption(new Option('--color <when>', 'when to colour').choices(['auto', 'always', 'never']).default('auto'))
}

/** The one form asked for. Throws CliError when two are. */
export function outputForm(flags: OutputFlags): OutputForm {
  const asked = (['json', 'plain', 'output', 'raw'] as const).filter(
    (name) => flags[name] !== undefined && flags[name] !== false,
  )
  if (asked.length > 1)
    throw new CliError(exitCodes.usage, `--${asked[0]} and --${asked[1]} exclude each other`, 'choose one of them')
  const [only] = asked
  return only === undefined ? 'text' : only === 'output' ? 'template' : only
}

export type Colors = ReturnType<typeof pc.createColors>

/** Colours for a stream, by flag, then NO_COLOR, then whether it is a terminal. */
export function colorsFor(flags: OutputFlags, io: Io, isTerminal: boolean): Colors {
  const isAllowed = io.env['NO_COLOR'] === undefined || io.env['NO_COLOR'] === ''
  return pc.createColors(flags.color === 'always' || (flags.color === 'auto' && isAllowed && isTerminal))
}
