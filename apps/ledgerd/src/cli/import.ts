// `ledgerd import`: the words and flags.
import { Command, Option } from 'commander'
import type { ImportFlags } from './import-run.ts'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function importCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('import')
    .description('check existing ledger files and copy them into a data folder, byte for byte')
    .argument('<file...>', 'the files to take over')
    .addOption(
      new Option('--family <family>', 'the format of the files').choices(['world-events']).makeOptionMandatory(),
    )
    .option('--as <ledger>', 'the ledger id to take; default: the name of the file')
    .option('--data <dir>', 'the data folder')
    .option('--dry-run', 'only check and report')
    .option('--in-place', 'the file lies in the data folder already; check it where it is')
    .option('--json', 'one JSON document for each file')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (files: string[], flags: ImportFlags) => {
      const { runImport } = await import('./import-run.ts')
      end(await runImport(files, flags, io))
    })
}

const examples = `
Examples:
  $ ledgerd import --family world-events old/daily_undertaking.jsonl --dry-run
  $ ledgerd import --family world-events old/daily_undertaking.jsonl --as worlds/daily_undertaking --data ./ledgers
  $ ledgerd import --family world-events ./ledgers/daily_undertaking.jsonl --in-place --data ./ledgers --json
`
