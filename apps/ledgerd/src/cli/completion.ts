// `ledgerd completion`: the words and flags.
import { Argument, Command } from 'commander'
import type { Shell } from './completion-run.ts'
import type { Io } from './io.ts'

const shells: readonly Shell[] = ['bash', 'zsh', 'fish', 'powershell']

/** The subcommand; `end` takes the exit code. The program it is put into has to have every command with its flags. */
export function completionCommand(io: Io, end: (exitCode: number) => void): Command {
  return new Command('completion')
    .description('print a script that completes commands, flags and files in your shell')
    .addArgument(new Argument('<shell>', 'the shell it is for').choices(shells))
    .addHelpText('after', examples)
    .action(async (shell: Shell, _: unknown, command: Command) => {
      const { runCompletion } = await import('./completion-run.ts')
      end(await runCompletion(shell, command.parent ?? command, io))
    })
}

const examples = `
PowerShell: put  ledgerd completion powershell | Out-String | Invoke-Expression  into your profile.

Examples:
  $ ledgerd completion bash > ~/.local/share/bash-completion/completions/ledgerd
  $ ledgerd completion zsh > ~/.zfunc/_ledgerd
  $ ledgerd completion fish > ~/.config/fish/completions/ledgerd.fish
`
