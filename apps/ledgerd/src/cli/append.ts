// `ledgerd append`: the words and flags.
import { Command } from 'commander'
import type { AppendFlags } from './append-run.ts'
import type { Io } from './io.ts'
import { addTalkFlags } from './output-flags.ts'

/** The subcommand; `end` takes the exit code. */
export function appendCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('append')
    .description('append one event, or a batch of drafts; the receipt is printed once the line is on disk')
    .argument('<ledger>', 'a ledger id; its first append makes it')
    .argument('[type]', 'the event type; not with --batch')
    .argument('[data]', 'the payload as JSON, @FILE, or - for stdin (the default)')
    .option('--link <link>', 'what this event belongs to')
    .option('--key <key>', 'your own name for the event: the same key is appended once, however often you try')
    .option('--meta <json>', 'the meta object')
    .option('--expect-size <lines>', 'append only if the ledger has exactly this many lines')
    .option(
      '--batch',
      'read drafts from stdin, one JSON object a line: {"type", "data", "key"?, "id"?, "link"?, "meta"?}',
    )
    .option('--data <dir>', 'the data folder of the daemon to talk to')
    .option(
      '--url <address>',
      'the daemon: http://…, https://… or unix:/path (default: LEDGERD_URL, then the local socket)',
    )
    .option('--json', 'one JSON object for each receipt or refusal')
    .option('--plain', 'tab-separated: ledger, seq, event id, leaf hash, durable, duplicate')
  return addTalkFlags(command)
    .addHelpText('after', examples)
    .action(async (ledger: string, type: string | undefined, data: string | undefined, flags: AppendFlags) => {
      const { runAppend } = await import('./append-run.ts')
      end(await runAppend({ ledger, type, data }, flags, io))
    })
}

const examples = `
Examples:
  $ ledgerd append worlds/daily_undertaking world.note '{"text": "the gate opened"}' --key gate-1
  $ ledgerd append worlds/daily_undertaking chat.translation @turn.json --link "$IPC_HASH"
  $ ledgerd append worlds/daily_undertaking --batch --json < drafts.jsonl
`
