// `ledgerd schema`: the words and flags of its subcommands.
import { Command, Option } from 'commander'
import type { Io } from './io.ts'
import type { SchemaCheckFlags } from './schema-check-run.ts'

/** The subcommand; `end` takes the exit code. */
export function schemaCommand(io: Io, end: (exitCode: number) => void): Command {
  const command = new Command('schema')
    .description('freeze a schema package, and check that it reads what the one before wrote')
    .addHelpText('after', examples)
  command.addCommand(checkCommand(io, end))
  command.addCommand(genCommand(io, end))
  return command
}

function checkCommand(io: Io, end: (exitCode: number) => void): Command {
  return new Command('check')
    .description('say whether a schema package reads every document that an older one accepts')
    .argument('<package>', 'the new package: its folder, its file, or the name of a family')
    .option(
      '--against <old>',
      'a folder or file with a lock, git:<ref>, a tarball, npm:<name>@<version>; default: the last published version',
    )
    .addOption(
      new Option('--format <format>', 'of the verdict on stdout')
        .choices(['text', 'json', 'github', 'junit', 'sarif', 'md'])
        .default('text'),
    )
    .option('--replay <ledger...>', 'run the lines of these files, or ledgers of the daemon, through the new version')
    .option('--url <url>', 'the daemon')
    .option('-q, --quiet', 'no progress')
    .addOption(
      new Option('--mode <mode>', 'FULL makes it an error if old readers break')
        .choices(['BACKWARD_TRANSITIVE', 'FULL'])
        .default('BACKWARD_TRANSITIVE'),
    )
    .option('--seed <number>', 'of the generated documents; default: a new one each time')
    .option('--documents <number>', 'how many old documents must be read', '10000')
    .addHelpText('after', checkExamples)
    .action(async (place: string, flags: SchemaCheckFlags) => {
      const { runSchemaCheck } = await import('./schema-check-run.ts')
      end(await runSchemaCheck(place, flags, io))
    })
}

function genCommand(io: Io, end: (exitCode: number) => void): Command {
  return new Command('gen')
    .description('write ledger.schema.lock.json: the frozen schema with its golden upcasts')
    .argument('<package>', 'the folder of the package')
    .option('--check', 'write nothing; say no if the lock is stale')
    .addHelpText('after', genExamples)
    .action(async (place: string, flags: { readonly check?: boolean }) => {
      const { runSchemaGen } = await import('./schema-gen-run.ts')
      end(await runSchemaGen(place, flags, io))
    })
}

const examples = `
Examples:
  $ ledgerd schema gen ./my-schema
  $ ledgerd schema check ./my-schema --against git:main
  $ ledgerd schema check ./my-schema --against ./published/ledger.schema.lock.json --format json
`

const checkExamples = `
Exit codes: 0 compatible, 1 incompatible or otherwise refused, 3 unknown, 7 a side did not load.

Examples:
  $ ledgerd schema check ./my-schema --against git:main
  $ ledgerd schema check ./my-schema --against git:main --replay ./ledgers/houses/inn.jsonl
  $ ledgerd schema check ./my-schema --against ./published/ledger.schema.lock.json --seed 7 --format json
`

const genExamples = `
Examples:
  $ ledgerd schema gen ./my-schema
  $ ledgerd schema gen ./my-schema --check
  $ ledgerd schema gen packages/schemas/world-events
`
