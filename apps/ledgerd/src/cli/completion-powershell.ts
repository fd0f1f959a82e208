// Completions for PowerShell, 5.1 and later: one completer over plain tables, with descriptions.
import { type CommandNode, everyCommand, type FlagNode, type ValueNode } from './command-tree.ts'

/** The script, for a profile. Where it offers nothing, PowerShell completes files. */
export function powershellCompletion(program: CommandNode): string {
  const commands = everyCommand(program)
  return `# Completions of ledgerd for PowerShell. Made by: ledgerd completion powershell
Register-ArgumentCompleter -Native -CommandName ledgerd -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = @{
${commands.map((command) => tableRow(command, commandWords(command))).join('\n')}
  }
  $flags = @{
${commands.map((command) => tableRow(command, flagWords(command))).join('\n')}
  }
  $choices = @{
${commands.flatMap(choiceRows).join('\n')}
  }
  $at = 'ledgerd'
  $before = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $before = $element.ToString()
    if ($commands.ContainsKey("$at/$before")) { $at = "$at/$before" }
  }
  $offered = if ($choices.ContainsKey("$at $before")) { $choices["$at $before"] }
    elseif ($wordToComplete.StartsWith('-')) { $flags[$at] }
    else { $commands[$at] }
  foreach ($one in $offered) {
    $text, $words = $one -split ' ', 2
    if ($text.StartsWith($wordToComplete, [System.StringComparison]::Ordinal)) {
      [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $words)
    }
  }
}
`
}

function tableRow({ path }: CommandNode, words: readonly (readonly [string, string])[]): string {
  return `    '${path.join('/')}' = @(${words.map(offer).join(', ')})`
}

/** Subcommands, or what an argument may be. */
function commandWords({ commands, values }: CommandNode): readonly (readonly [string, string])[] {
  const below = commands.map(({ path, summary }) => [path.at(-1) ?? '', summary] as const)
  return [...below, ...values.flatMap(choiceWords)]
}

function flagWords({ flags }: CommandNode): readonly (readonly [string, string])[] {
  return flags.flatMap(({ short, long, description }: FlagNode) =>
    [long, ...(short === undefined ? [] : [short])].map((name) => [name, description] as const),
  )
}

function choiceRows({ path, flags }: CommandNode): string[] {
  return flags.flatMap(({ short, long, value }) => {
    const words = value === undefined ? [] : choiceWords(value)
    if (words.length === 0) return []
    const names = [long, ...(short === undefined ? [] : [short])]
    return names.map((name) => `    '${path.join('/')} ${name}' = @(${words.map(offer).join(', ')})`)
  })
}

function choiceWords({ choices, name }: ValueNode): readonly (readonly [string, string])[] {
  return choices.map((choice) => [choice, name] as const)
}

/** In one text, parted by its first space: a comma would bind closer than a plus. */
function offer([text, words]: readonly [string, string]): string {
  return `'${`${text} ${words}`.replaceAll("'", "''")}'`
}
