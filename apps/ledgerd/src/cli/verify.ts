// `ledgerd verify`: the words and flags. The work is loaded when it is asked for, so that `--help` stays quick.
import { Command, Option } from 'commander'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'
import type { VerifyFlags } from './verify-run.ts'

const levelNames = ['tail', 'lines', 'tree', 'schema', 'signed', 'anchored', 'artifacts']

/** The subcommand; `end` takes the exit code. */
export function verifyCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('verify')
    .description('check ledgers or bare files, byte by byte; names every bad line, and what was not checked')
    .argument('<target...>', 'ledger ids, patterns of ids, files, folders of files, or - for stdin')
    .addOption(
      new Option('--level <level>', 'how far to check; each level includes those before it').choices(levelNames),
    )
    .option('--from <position>', 'look only at lines from here on, each by itself: N, -N, @time or an event id')
    .option('--strict', 'warnings fail, and so does whatever was not checked')
    .option('--jobs <count>', 'check so many files at a time; default: as many as there are cores, if they are large')
    .option('--explain', 'say what each level proves, and what it does not')
    .option('--artifacts <folder>', 'look up the files that lines refer to in this content store, at any level')
    .option('--data <dir>', 'the data folder that ledger ids lie in; reads files instead of asking a daemon')
    .option('--as <ledger>', 'the ledger id a file is taken for, which says its world; default: by its name')
    .option(
      '--url <address>',
      'the daemon: http://…, https://… or unix:/path (default: LEDGERD_URL, then the local socket)',
    )
    .option('--family <family>', 'the family of the lines; default: as recorded, else by the first lines')
    .option('--schema <package>', 'the schema package of the lines: an npm name or a path')
    .option('--public-key <file>', 'audio-jobs: check signatures with this ed25519 key, 64 hex digits')
    .addOption(new Option('--from-checkpoint <file>', 'not available yet').hideHelp())
    .addOption(new Option('--policy <file>', 'not available yet').hideHelp())
    .option('--json', 'one report document for each target')
    .option('--plain', 'tab-separated: target, level, state, detail; then the findings')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (targets: string[], flags: VerifyFlags) => {
      const { runVerify } = await import('./verify-run.ts')
      end(await runVerify(targets, flags, io))
    })
}

const examples = `
Levels: ${levelNames.join(', ')}. Without --level: tree, as far as there is something to compare with.
This version cannot check signed and anchored; to check artifacts without them: --level schema --artifacts FOLDER.
Several files are checked at a time, each in a thread, and printed in their order: --jobs changes no byte of the output.

Examples:
  $ ledgerd verify 'worlds/*' --data ./ledgers --jobs 2
  $ ledgerd verify ./data/daily_undertaking.jsonl --level schema --explain
  $ ledgerd verify - --as daily_undertaking --json < backup.jsonl
`
