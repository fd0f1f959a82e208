// `ledgerd serve`: flags to settings, the words at the start, and exit codes (cli.md §2 of the design). The daemon itself
// is loaded when it is needed, so that `--help` stays quick.
import { Command, Option } from 'commander'
import { LedgerError } from '@ledgerd/schema/errors'
import { defaultPort } from '../auth/bind-address.ts'
import { parseOrigins } from '../auth/web-guard.ts'
import { defaultLimits, type SecondSync } from '../config.ts'
import { parseRate } from './draft-rate-flag.ts'
import { isSystemError } from '../storage/stop-signal.ts'
import { systemErrorText } from '../storage/system-error-text.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import { versionText } from './version.ts'

interface ServeFlags {
  readonly listen: string
  readonly socket?: string
  readonly writerProfile: string
  readonly schema?: readonly string[]
  readonly secondSync: SecondSync
  readonly draftsPerSecond?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly unsafeListenWithoutTls?: boolean
  readonly allowOrigin?: readonly string[]
}

/** The subcommand. Its action ends the process. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the ledgers of a folder; makes it on the first start, adopts the JSONL files it finds')
    .argument('[dir]', 'the data folder', '.')
    .option('--listen <address>', 'port, address:port or [v6]:port; port 0 lets the system choose', String(defaultPort))
    .option(
      '--socket <path>',
      "a local socket beside DIR/.ledgerd/sock (default: ledgerd.sock in your runtime folder); '' for none",
    )
    .addOption(
      new Option('--writer-profile <name>', 'how lines are written')
        .choices(['auto', 'seed', 'original'])
        .default('auto'),
    )
    .option('--schema <rule>', "which ledgers have which schema: 'PATTERN=PACKAGE'; may be repeated", collect)
    .addOption(
      new Option(
        '--second-sync <what>',
        'the second sync of a commit: the head record, or the same file again; none is for comparison only',
      )
        .choices(['head', 'same', 'none'])
        .default('head'),
    )
    .option(
      '--allow-origin <origin>',
      'web pages that may connect, such as http://localhost:8080; may be repeated',
      collect,
    )
    .option('--drafts-per-second <count>', 'what one token may append, on average; default: no limit')
    .option('--tls-cert <file>', 'serve TLS with this certificate chain in PEM; read again on SIGHUP')
    .option('--tls-key <file>', 'its private key in PEM, readable by you alone')
    .option('--unsafe-listen-without-tls', 'allow an address beyond loopback; tokens and lines go in the clear')
    .addHelpText('after', examples)
    .action(async (dir: string, flags: ServeFlags) => {
      process.exit(await serve(dir, flags))
    })
}

const examples = `
Examples:
  $ ledgerd serve ./ledgers
  $ ledgerd serve ./ledgers --listen 0 --socket /run/user/1000/game.sock
  $ ledgerd serve ./ledgers --schema 'runs/**=kernel-runs' --writer-profile original
`

function collect(rule: string, rules: readonly string[] = []): string[] {
  return [...rules, rule]
}

async function serve(dir: string, flags: ServeFlags): Promise<number> {
  const { runDaemon } = await import('../main.ts')
  try {
    const { tlsCert, tlsKey } = flags
    if ((tlsCert === undefined) !== (tlsKey === undefined))
      throw new LedgerError('CONFIG_INVALID', '--tls-cert and --tls-key go together; give both')
    const isClosed = await runDaemon({
      dataFolder: dir,
      listen: flags.listen,
      socket: flags.socket,
      writerProfile: flags.writerProfile,
      schemas: flags.schema ?? [],
      secondSync: flags.secondSync,
      version: versionText(),
      draftsPerSecondMax: parseRate(flags.draftsPerSecond) ?? defaultLimits.draftsPerSecondMax,
      isUnsafeListenAllowed: flags.unsafeListenWithoutTls === true,
      origins: parseOrigins(flags.allowOrigin ?? []),
      tls: tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey },
    })
    return isClosed ? exitCodes.yes : exitCodes.undecided
  } catch (error) {
    if (!(error instanceof LedgerError) && !isSystemError(error)) throw error
    process.stderr.write(`ledgerd: ${systemErrorText(error)}\n`)
    return error instanceof LedgerError ? exitCodeOf[error.code] : exitCodes.undecided
  }
}
