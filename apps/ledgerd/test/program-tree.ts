// The commands as completions and manual pages see them.
import { type CommandNode, commandTree } from '../src/cli/command-tree.ts'
import type { Io } from '../src/cli/io.ts'
import { buildProgram } from '../src/cli/run-cli.ts'

/** Every command with its flags. */
export async function programTree(): Promise<CommandNode> {
  const io: Partial<Io> = {}
  return commandTree(await buildProgram(['completion'], io as Io, () => undefined))
}
