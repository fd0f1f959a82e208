// `ledgerd import`: the words and flags.
import { Command, Option } from 'commander'
import type { ImportFlags } from './import-run.ts'
import { builtInFamilies } from '../schemas/built-in.ts'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function importCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('import')
    .description('check what the original of a family wrote and take it into a data folder')
    .argument('<source...>', 'the files, folders or indexes to take over')
    .addOption(
      new Option('--family <family>', 'the format of the files').choices(builtInFamilies).makeOptionMandatory(),
    )
    .option('--as <ledger>', 'the ledger id to take; default: the name of the file')
    .option('--data <dir>', 'the data folder')
    .option('--dry-run', 'only check and report')
    .option('--in-place', 'the file lies in the data folder already; check it where it is')
    .option('--follow', 'go on taking complete lines while another program still writes the file')
    .option('--pretty', 'audio-jobs: records are printed over several lines; put each on one')
    .option('--public-key <file>', 'audio-jobs: check signatures with this ed25519 key, 64 hex digits')
    .option('--map <file>', 'workflow-records: {"old name": "header member"}, for headers named otherwise')
    .option('--drafts', 'build-order: print what the ledger lacks, for append --batch')
    .option('--json', 'one JSON document for each source')
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
  $ ledgerd import --family audio-jobs old/ledger.index.json --as jobs/J_def456 --data ./ledgers
`
