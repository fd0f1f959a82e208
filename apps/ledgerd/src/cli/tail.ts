// `ledgerd tail`: the words and flags.
import { Command } from 'commander'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { LinesRunFlags } from './lines-run.ts'
import type { Io } from './io.ts'
import { addFilterFlags, addSourceFlags } from './line-flags.ts'

interface TailFlags extends LinesRunFlags {
  readonly follow?: boolean
  readonly lines: number
}

/** The subcommand; `end` takes the exit code. */
export function tailCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('tail')
    .description('print the last lines; with -f go on with those to come, across restarts of the daemon')
    .argument('<target...>', 'ledger ids, patterns of ids, or files')
    .option('-f, --follow', 'go on with the lines to come')
    .option('-n, --lines <count>', 'how many of the last lines', parseCount, 10)
    .option('--from <position>', 'begin there instead: start, end, N, -N, @time or an event id')
  return addSourceFlags(addFilterFlags(command))
    .addHelpText('after', examples)
    .action(async (targets: string[], { follow, lines, ...flags }: TailFlags) => {
      const { runLines } = await import('./lines-run.ts')
      end(
        await runLines(
          targets,
          { ...flags, from: flags.from ?? (lines === 0 ? 'end' : `-${lines}`), isFollowing: follow === true },
          io,
        ),
      )
    })
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new CliError(exitCodes.usage, `-n takes a number of lines, not ${text}`)
  return Number(text)
}

const examples = `
Examples:
  $ ledgerd tail worlds/daily_undertaking -n 3
  $ ledgerd tail -f worlds/daily_undertaking --type chat.translation -o '{data.character_name}: {data.ic_output}'
  $ ledgerd tail -f 'worlds/*' --json
`
