// `ledgerd repair`: the words and flags.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'
import type { RepairFlags } from './repair-run.ts'

/** The subcommand; `end` takes the exit code. */
export function repairCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('repair')
    .description('say what a crash left at the end of a ledger; with --apply set it aside or add the missing line feed')
    .argument('<target>', 'a file, or a ledger id with --data')
    .option('--apply', 'do it, under the lock of the file; the default is a dry run')
    .option('--data <dir>', 'the data folder that ledger ids lie in')
    .option('--family <family>', 'the format of the lines, where neither a record nor the lines tell it')
    .option('--schema <package>', 'the schema package of the lines: an npm name or a path')
    .option('--json', 'one JSON document')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (name: string, flags: RepairFlags) => {
      const { runRepair } = await import('./repair-run.ts')
      end(await runRepair(name, flags, io))
    })
}

const examples = `
It never edits or deletes a line. What is wrong in the lines themselves is damage, not a torn end: see ledgerd verify.
Exit codes: 0 nothing to do, or it can be done, or was done; 1 damage; 5 another process holds the file; 7 it could not be finished, and the next goes on with it.

Examples:
  $ ledgerd repair ./ledgers/worlds/daily_undertaking.jsonl
  $ ledgerd repair ./ledgers/worlds/daily_undertaking.jsonl --apply
  $ ledgerd repair worlds/daily_undertaking --data ./ledgers --json
`
