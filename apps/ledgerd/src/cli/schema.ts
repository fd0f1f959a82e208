// `ledgerd schema`: the words and flags of its subcommands.
import { Command, Option } from 'commander'
import type { Io } from './io.ts'
import type { SchemaCheckFlags } from './schema-check-run.ts'
import type { SchemaDocsFlags } from './schema-docs-run.ts'
import type { SchemaGenFlags } from './schema-gen-run.ts'
import type { SchemaNewFlags } from './schema-new-run.ts'

type End = (exitCode: number) => void

/** The subcommand; `end` takes the exit code. */
export function schemaCommand(io: Io, end: End): Command {
  const command = new Command('schema')
    .description('make a schema package, freeze it, document it, and check that it reads what the one before wrote')
    .helpCommand(false)
    .addHelpText('after', examples)
  for (const make of [newCommand, genCommand, checkCommand, docsCommand]) command.addCommand(make(io, end))
  return command
}

function newCommand(io: Io, end: End): Command {
  return new Command('new')
    .description('write a schema package that tests, checks and publishes; overwrites nothing')
    .argument('<name>', 'its npm name, as in @team/ledger-doors')
    .option('--dir <folder>', 'where to; default: the last part of the name')
    .option('--infer <ledger...>', 'draft the events from the lines of these files, or ledgers of the daemon')
    .option('--type-key <name>', 'the member that names the event type; default: type or event_type')
    .option('--data-key <name>', 'the member that holds the payload; default: data')
    .option('--url <url>', 'the daemon')
    .option('--json', 'one JSON document')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', newExamples)
    .action(async (name: string, flags: SchemaNewFlags) => {
      const { runSchemaNew } = await import('./schema-new-run.ts')
      end(await runSchemaNew(name, flags, io))
    })
}

function checkCommand(io: Io, end: End): Command {
  return new Command('check')
    .description('say whether a schema package reads every document that an older one accepts')
    .argument('<package>', 'the new package: its folder, its file, or the name of a family')
    .option(
      '--against <old>',
      'a folder or file with a lock, git:<ref>, a tarball, npm:<name>@<version>; default: the last published version',
    )
    .option('--lint', 'compare with nothing: say what is wrong with the package by itself (text, json, github)')
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
    .action(async (place: string, flags: SchemaCheckFlags & { readonly lint?: boolean }) => {
      if (flags.lint === true) {
        const { runSchemaLint } = await import('./schema-lint-run.ts')
        return end(await runSchemaLint(place, flags, io))
      }
      const { runSchemaCheck } = await import('./schema-check-run.ts')
      end(await runSchemaCheck(place, flags, io))
    })
}

function genCommand(io: Io, end: End): Command {
  return new Command('gen')
    .description('write what follows from a package: its lock with golden upcasts, types, JSON Schema, AsyncAPI, pages')
    .argument('<package>', 'the folder of the package')
    .option('--check', 'write nothing; say no if anything is stale')
    .option('--against <old>', 'as in check: event versions that are not in it are new in this package version')
    .option('--json', 'one JSON document')
    .addHelpText('after', genExamples)
    .action(async (place: string, flags: SchemaGenFlags) => {
      const { runSchemaGen } = await import('./schema-gen-run.ts')
      end(await runSchemaGen(place, flags, io))
    })
}

function docsCommand(io: Io, end: End): Command {
  return new Command('docs')
    .description('print a page for each event: fields with meanings, versions, upcasts, links, examples')
    .argument('<package>', 'its folder, its file, or the name of a family')
    .option('--ledger <ledger...>', 'add what these files, or ledgers of the daemon, hold of each version')
    .option('--out <folder>', 'write files instead of printing')
    .option('--url <url>', 'the daemon')
    .option('--json', 'one JSON document')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', docsExamples)
    .action(async (place: string, flags: SchemaDocsFlags) => {
      const { runSchemaDocs } = await import('./schema-docs-run.ts')
      end(await runSchemaDocs(place, flags, io))
    })
}

const examples = `
Examples:
  $ ledgerd schema new @team/ledger-doors
  $ ledgerd schema gen ./ledger-doors
  $ ledgerd schema check ./ledger-doors --against git:main
`

const newExamples = `
Examples:
  $ ledgerd schema new @team/ledger-doors
  $ ledgerd schema new @team/ledger-doors --infer ./ledgers/houses/inn.jsonl
  $ ledgerd schema new @team/ledger-doors --infer ./events.jsonl --type-key kind --data-key body
`

const checkExamples = `
Exit codes: 0 compatible, 1 incompatible or otherwise refused, 3 unknown, 7 a side did not load.

Examples:
  $ ledgerd schema check ./my-schema --against git:main
  $ ledgerd schema check ./my-schema --against git:main --replay ./ledgers/houses/inn.jsonl
  $ ledgerd schema check ./my-schema --lint --format github
`

const genExamples = `
Examples:
  $ ledgerd schema gen ./my-schema
  $ ledgerd schema gen ./my-schema --check
  $ ledgerd schema gen ./my-schema --against git:v1.0.0
`

const docsExamples = `
Examples:
  $ ledgerd schema docs ./my-schema --out ./site
  $ ledgerd schema docs ./my-schema --ledger ./ledgers/houses/inn.jsonl
  $ ledgerd schema docs world-events --json
`
