// From arguments to an exit code: builds the commands, runs the one asked for, and turns what it throws into words and
// codes. The same in a shell and in tests.
import { Command, CommanderError } from 'commander'
import { acceptCommand } from './accept.ts'
import { appendCommand } from './append.ts'
import { catCommand } from './cat.ts'
import { ClosedPipe } from './cli-error.ts'
import { completionCommand } from './completion.ts'
import { doctorCommand } from './doctor.ts'
import { driftCommand } from './drift.ts'
import { exitCodes } from './exit-code.ts'
import { exportCommand } from './export.ts'
import { getCommand } from './get.ts'
import { importCommand } from './import.ts'
import type { Io } from './io.ts'
import { repairCommand } from './repair.ts'
import { schemaCommand } from './schema.ts'
import { statsCommand } from './stats.ts'
import { tailCommand } from './tail.ts'
import { tokenCommand } from './token.ts'
import { verifyCommand } from './verify.ts'
import { versionCommand, versionText } from './version.ts'

/** Runs one command line; resolves with the exit code. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.yes
  let written: Promise<void> = Promise.resolve()
  const program = await buildProgram(args, io, (code) => (exitCode = code))
  for (const command of withSubcommands(program)) {
    command.exitOverride().showHelpAfterError(`(see: ${pathOf(command)} --help)`)
    command.configureOutput({
      writeOut: (text) => (written = written.then(() => io.write(text))),
      writeErr: (text) => io.say(text.replace(/^error: /, 'ledgerd: ')),
    })
  }
  try {
    try {
      await program.parseAsync([...args], { from: 'user' })
    } finally {
      await written
    }
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.yes : exitCodes.usage
    if (error instanceof ClosedPipe) return exitCodes.brokenPipe
    const { reportError } = await import('./report-error.ts')
    return reportError(error, io)
  }
}

/** As it is typed: `ledgerd schema gen`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

/** The program with its commands; only what `args` ask for is loaded in full. */
export async function buildProgram(args: readonly string[], io: Io, end: (exitCode: number) => void): Promise<Command> {
  const program = new Command('ledgerd')
    .description('plain JSONL ledgers for game worlds: appended durably, followed live, verified by anyone')
    .version(versionText(), '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', examples)
  program.addCommand(await serveCommandFor(args))
  const commands = [
    appendCommand,
    tailCommand,
    catCommand,
    getCommand,
    verifyCommand,
    importCommand,
    exportCommand,
    driftCommand,
    acceptCommand,
    schemaCommand,
    statsCommand,
    doctorCommand,
    repairCommand,
    tokenCommand,
    completionCommand,
    versionCommand,
  ]
  for (const make of commands) program.addCommand(make(io, end))
  return program
}

/** The daemon's flags are loaded when they are asked for; the list of commands needs only its name. */
async function serveCommandFor(args: readonly string[]): Promise<Command> {
  if (args.includes('serve') || args.includes('completion')) return (await import('./serve.ts')).serveCommand()
  return new Command('serve')
    .description('serve the ledgers of a folder; adopts the JSONL files it finds')
    .argument('[dir]')
}

const examples = `
Exit codes: 0 yes, 1 no, 2 usage, 3 not all checked, 4 not found, 5 locked, 6 daemon unreachable, 7 nothing decided.

Examples:
  $ ledgerd serve ./ledgers
  $ ledgerd tail -f worlds/daily_undertaking
  $ ledgerd verify ./ledgers/worlds/daily_undertaking.jsonl
`
