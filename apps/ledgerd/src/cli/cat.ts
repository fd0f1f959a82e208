// `ledgerd cat`: the words and flags.
import { Command } from 'commander'
import type { LinesRunFlags } from './lines-run.ts'
import type { Io } from './io.ts'
import { addFilterFlags, addSourceFlags } from './line-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function catCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('cat')
    .description('print lines, exactly as they stand, up to the head')
    .argument('<target...>', 'ledger ids, patterns of ids, files, or - for stdin')
    .option('--from <position>', 'start, end, N, -N, @time or an event id', 'start')
    .option('--to <position>', 'stop in front of this position')
  return addSourceFlags(addFilterFlags(command))
    .addHelpText('after', examples)
    .action(async (targets: string[], flags: LinesRunFlags) => {
      const { runLines } = await import('./lines-run.ts')
      end(await runLines(targets, { ...flags, isFollowing: false }, io))
    })
}

const examples = `
Examples:
  $ ledgerd cat worlds/daily_undertaking --from 100 --to 110
  $ ledgerd cat ./data/daily_undertaking.jsonl --raw > copy.jsonl
  $ ledgerd cat worlds/daily_undertaking --subject character=Mira --where 'data.status != success' -o '{seq} {data.ooc_input}'
`
