// `ledgerd token`: the words and flags of its subcommands.
import { Command } from 'commander'
import type { Io } from './io.ts'
import type { TokenCreateFlags, TokenFlags, TokenListFlags } from './token-run.ts'

/** The subcommand; `end` takes the exit code. */
export function tokenCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('token')
    .description('make, list and revoke tokens of a data folder; a running daemon takes it up within a second')
    .helpCommand(false)
    .addHelpText('after', examples)
  command.addCommand(createCommand(io, end))
  command.addCommand(listCommand(io, end))
  command.addCommand(revokeCommand(io, end))
  return command
}

function createCommand(io: Io, end: (exitCode: number) => void): Command {
  return new Command('create')
    .description('make a token and print it, once: only its hash is kept')
    .requiredOption('--name <name>', 'whose it is, for lists, logs and revoking')
    .requiredOption('--allow <actions>', 'append, read, admin, joined by commas')
    .option('--ledgers <patterns...>', "which ledgers: ids or patterns such as 'worlds/**'")
    .option('--expires <when>', 'after that much time (12h, 90d) or at a time (2027-01-01T00:00:00Z); default: never')
    .option('--drafts-per-second <count>', "what it may append, on average; default: the daemon's limit")
    .option('--data <dir>', 'the data folder', '.')
    .addHelpText('after', createExamples)
    .action(async (flags: TokenCreateFlags) => {
      const { runTokenCreate } = await import('./token-run.ts')
      end(await runTokenCreate(flags, io))
    })
}

function listCommand(io: Io, end: (exitCode: number) => void): Command {
  return new Command('list')
    .description('print who has a token and what it allows; never the tokens')
    .option('--json', 'one JSON object per line')
    .option('--data <dir>', 'the data folder', '.')
    .addHelpText('after', listExamples)
    .action(async (flags: TokenListFlags) => {
      const { runTokenList } = await import('./token-run.ts')
      end(await runTokenList(flags, io))
    })
}

function revokeCommand(io: Io, end: (exitCode: number) => void): Command {
  return new Command('revoke')
    .description('take a token back; its open connections are closed')
    .argument('<name>', 'as it was created')
    .option('--data <dir>', 'the data folder', '.')
    .addHelpText('after', revokeExamples)
    .action(async (name: string, flags: TokenFlags) => {
      const { runTokenRevoke } = await import('./token-run.ts')
      end(await runTokenRevoke(name, flags, io))
    })
}

const examples = `
The token of the first start, DIR/.ledgerd/token, may do everything and is not listed. To change it, remove the file and
start the daemon again.

Examples:
  $ ledgerd token create --name hall --allow append,read --ledgers 'worlds/**' --data ./ledgers
  $ ledgerd token list --data ./ledgers
  $ ledgerd token revoke hall --data ./ledgers
`

const createExamples = `
Examples:
  $ ledgerd token create --name hall --allow append --ledgers worlds/hall
  $ export LEDGERD_TOKEN=$(ledgerd token create --name replay --allow read --ledgers 'worlds/**' --expires 90d)
  $ ledgerd token create --name scraper --allow admin
`

const listExamples = `
Examples:
  $ ledgerd token list
  $ ledgerd token list --data ./ledgers
  $ ledgerd token list --data ./ledgers --json
`

const revokeExamples = `
Examples:
  $ ledgerd token revoke hall
  $ ledgerd token revoke hall --data ./ledgers
  $ ledgerd token revoke replay --data /var/lib/ledgerd
`
