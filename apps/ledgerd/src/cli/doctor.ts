// `ledgerd doctor`: the words and flags.
import { Command } from 'commander'
import type { DoctorFlags } from './doctor-run.ts'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function doctorCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('doctor')
    .description('look for what keeps a data folder from being served well, and print the fix; changes nothing')
    .argument('[dir]', 'the data folder', '.')
    .option('--json', 'one JSON document')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (folder: string, flags: DoctorFlags) => {
      const { runDoctor } = await import('./doctor-run.ts')
      end(await runDoctor(folder, flags, io))
    })
}

const examples = `
Exit codes: 0 all is well, 1 something is wrong.

Examples:
  $ ledgerd doctor ./ledgers
  $ ledgerd doctor ./ledgers --json | jq -r '.checks[] | select(.level == "wrong") | .fix'
  $ ledgerd doctor /var/lib/ledgerd -q
`
