// The flags that `cat`, `tail` and `get` share: which lines, in what form, from where.
import type { Command } from 'commander'
import type { SchemaFlags } from './schema-choice.ts'
import { addTalkFlags, type OutputFlags } from './output-flags.ts'

export interface SourceFlags extends OutputFlags, SchemaFlags {
  readonly data?: string
  readonly as?: string
  readonly url?: string
}

export interface LineFlags extends SourceFlags {
  readonly from?: string
  readonly to?: string
  readonly type?: readonly string[]
  readonly link?: string
  readonly where?: readonly string[]
  readonly subject?: string
}

/** Adds where lines come from and how they are printed. */
export function addSourceFlags(command: Command): Command {
  command
    .option('--data <dir>', 'the data folder that ledger ids lie in; reads files instead of asking a daemon')
    .option(
      '--url <address>',
      'the daemon: http://…, https://… or unix:/path (default: LEDGERD_URL, then the local socket)',
    )
    .option('--family <family>', 'the family of the lines; default: as recorded, else by the first lines')
    .option('--schema <package>', 'the schema package of the lines: an npm name or a path')
    .option('--raw', 'the exact bytes, also on a terminal')
    .option('--json', 'one JSON object a line: place, event, and the record as it is spelled')
    .option('--plain', 'tab-separated: ledger, seq, time, type, event id, link, record')
    .option('-o, --output <template>', "a template such as '{seq} {type} {data.status}'")
  return addTalkFlags(command)
}

/** Adds which lines are wanted. */
export function addFilterFlags(command: Command): Command {
  return command
    .option('--type <type>', 'only events of this type; may be repeated', collect)
    .option('--link <link>', 'only events with this link')
    .option(
      '--subject <subject>',
      'only events about this one, by the fields the schema declares: character=Mira, or Mira',
    )
    .option('--where <condition>', "only events of which this holds, as 'data.score >= 0.5'; may be repeated", collect)
}

function collect(value: string, values: readonly string[] = []): string[] {
  return [...values, value]
}
