// `ledgerd accept`: the words and flags.
import { Command } from 'commander'
import type { AcceptFlags } from './accept-run.ts'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function acceptCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('accept')
    .description('judge the scores of an audio ledger, metric by metric, against acceptance thresholds')
    .argument('<target>', 'an audio-jobs ledger or file')
    .option('--thresholds <file>', '{"required": {metric: bound}, "optional": {…}}; default: those of the format')
    .option('--data <dir>', 'the data folder that ledger ids lie in; reads files instead of asking a daemon')
    .option('--url <address>', 'the daemon (default: LEDGERD_URL, then the local socket)')
    .option('--json', 'one object for each record, and a summary')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (target: string, flags: AcceptFlags) => {
      const { runAccept } = await import('./accept-run.ts')
      end(await runAccept(target, flags, io))
    })
}

const examples = `
A bound is {"atLeast": x}, {"atMost": x} or {"target": x, "tolerance": y}; ends are included, and decimals are exact.
Exit codes: 0 every window is accepted, 1 one is not, 3 a line could not be judged, 7 nothing could be, as where there is
no window.

Examples:
  $ ledgerd accept jobs/J_abc123
  $ ledgerd accept ./ledgers/jobs/J_abc123.jsonl --thresholds strict.json
  $ ledgerd accept jobs/J_abc123 --data ./ledgers --json
`
