// `ledgerd stats`: the words and flags.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'
import type { StatsFlags } from './stats-run.ts'

/** The subcommand; `end` takes the exit code. */
export function statsCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('stats')
    .description('say what is in a ledger and how it stands: lines, types, times, root, schema, epoch; why it stopped')
    .argument('[target...]', 'ledger ids, patterns of ids, files or folders; default: every ledger')
    .option(
      '--data <dir>',
      'the data folder that ledger ids lie in; reads files, and asks a daemon on it only what it has stopped',
    )
    .option(
      '--url <address>',
      'the daemon: http://…, https://… or unix:/path (default: LEDGERD_URL, then the local socket)',
    )
    .option('--family <family>', 'the format of the lines, where neither a record nor the lines tell it')
    .option('--schema <package>', 'the schema package of the lines: an npm name or a path')
    .option('--json', 'one JSON document for each ledger')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (names: string[], flags: StatsFlags) => {
      const { runStats } = await import('./stats-run.ts')
      end(await runStats(names, flags, io))
    })
}

const examples = `
Examples:
  $ ledgerd stats 'worlds/*'
  $ ledgerd stats ./ledgers/worlds/daily_undertaking.jsonl
  $ ledgerd stats kernel/runs --data ./ledgers --json | jq -r .ledgerHash
`
