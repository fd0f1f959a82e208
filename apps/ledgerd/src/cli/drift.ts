// `ledgerd drift`: the words and flags.
import { Command } from 'commander'
import type { DriftFlags } from './drift-run.ts'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function driftCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('drift')
    .description('compare the orderings of two builds: the first that differs, and what of their seeds explains it')
    .argument('<before>', 'a build-order ledger or file, or a build_state.json')
    .argument('<after>', 'another')
    .option('--strict', 'a changed seed, rule or mode counts too, and warnings about a build state stop it')
    .option('--data <dir>', 'the data folder that ledger ids lie in; reads files instead of asking a daemon')
    .option('--url <address>', 'the daemon (default: LEDGERD_URL, then the local socket)')
    .option('--json', 'one document')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (before: string, after: string, flags: DriftFlags) => {
      const { runDrift } = await import('./drift-run.ts')
      end(await runDrift(before, after, flags, io))
    })
}

const examples = `
Exit codes: 0 the same orderings, 1 they differ, 7 one of them could not be loaded and nothing was compared.

Examples:
  $ ledgerd drift builds/monday builds/tuesday
  $ ledgerd drift ./ledgers/builds/main.jsonl build_state.json --strict
  $ ledgerd drift old/build_state.json new/build_state.json --json
`
