// `ledgerd stats`: the words and flags.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'
import type { StatsFlags } from './stats-run.ts'

/** The subcommand; `end` takes the exit code. */
export function statsCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('stats')
    .description('count what is in a ledger file: lines, types, times; for kernel-runs its ledger hash')
    .argument('<target...>', 'files, or ledger ids with --data')
    .option('--data <dir>', 'the data folder that ledger ids lie in')
    .option('--family <family>', 'the format of the lines, where neither a record nor the lines tell it')
    .option('--json', 'one JSON document for each target')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (names: string[], flags: StatsFlags) => {
      const { runStats } = await import('./stats-run.ts')
      end(await runStats(names, flags, io))
    })
}

const examples = `
Examples:
  $ ledgerd stats ./ledgers/worlds/daily_undertaking.jsonl
  $ ledgerd stats kernel/runs --data ./ledgers
  $ ledgerd stats kernel/runs --data ./ledgers --json | jq -r .ledgerHash
`
