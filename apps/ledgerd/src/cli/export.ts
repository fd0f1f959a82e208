// `ledgerd export`: the words and flags.
import { Command, Option } from 'commander'
import type { ExportFlags } from './export-run.ts'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function exportCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('export')
    .description('the way back: a ledger in the form that the original of its family reads')
    .argument('<target>', 'a ledger id or a file')
    .addOption(
      new Option(
        '--family <family>',
        'the family of the ledger; the file of any other is its export: ledgerd cat --raw',
      )
        .choices(['build-order', 'workflow-records'])
        .makeOptionMandatory(),
    )
    .option('--data <dir>', 'the data folder that ledger ids lie in; reads files instead of asking a daemon')
    .option('--url <address>', 'the daemon (default: LEDGERD_URL, then the local socket)')
    .option('--into <file>', 'build-order: put orderingLedger into this build_state.json; all else in it stays')
    .option('--to <dir>', 'workflow-records: the folder to write one file a type into')
    .option(
      '--legacy-report <file>',
      'build-order: compare with {"artifact": {"hash", "count"} or null} as the original did',
    )
    .option('--mode <mode>', 'build-order: the mode to report on', 'code')
    .option('--stage <stage>', 'build-order: the stage to report on')
    .option('--strict', 'build-order: report drift as errors')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (target: string, flags: ExportFlags) => {
      const { runExport } = await import('./export-run.ts')
      end(await runExport(target, flags, io))
    })
}

const examples = `
Examples:
  $ ledgerd export --family build-order builds/main --data ./ledgers > ordering_ledger.json
  $ ledgerd export --family build-order builds/main --into build_state.json
  $ ledgerd export --family workflow-records tenants/acme --to ./records
`
