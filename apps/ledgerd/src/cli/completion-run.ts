// `ledgerd completion`: the script for one shell, made from the commands as they are.
import type { Command } from 'commander'
import { type CommandNode, commandTree } from './command-tree.ts'
import { bashCompletion } from './completion-bash.ts'
import { fishCompletion } from './completion-fish.ts'
import { powershellCompletion } from './completion-powershell.ts'
import { zshCompletion } from './completion-zsh.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'

export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell'

/** The script of each shell. */
export const completionScripts: Readonly<Record<Shell, (program: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
}

/** Prints the script. */
export async function runCompletion(shell: Shell, program: Command, io: Io): Promise<number> {
  await io.write(completionScripts[shell](commandTree(program)))
  return exitCodes.yes
}
