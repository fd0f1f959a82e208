// `ledgerd get`: the words and flags.
import { Command } from 'commander'
import type { GetFlags } from './get-run.ts'
import type { Io } from './io.ts'
import { addSourceFlags } from './line-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function getCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('get')
    .description('print one line, by its sequence number or its event id')
    .argument('<ledger>', 'a ledger id or a file')
    .argument('<at>', 'a sequence number from 0, or an event id')
    .option('--context', 'all events with the same link, in their order, and what is missing among them')
  return addSourceFlags(command)
    .addHelpText('after', examples)
    .action(async (ledger: string, at: string, flags: GetFlags) => {
      const { runGet } = await import('./get-run.ts')
      end(await runGet(ledger, at, flags, io))
    })
}

const examples = `
Examples:
  $ ledgerd get worlds/daily_undertaking 41
  $ ledgerd get worlds/daily_undertaking 95b8a7f3c2f64d0f9d0c3c1f4f6f2a11 --json
  $ ledgerd get ./data/daily_undertaking.jsonl 0 --context -o '{seq} {type} {time}'
`
