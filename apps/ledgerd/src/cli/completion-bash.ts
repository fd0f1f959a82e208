// Completions for bash, 3.2 and later: one function over plain tables, without the helpers that some systems install.
import { type CommandNode, everyCommand, type FlagNode, type ValueNode } from './command-tree.ts'

/** The script, to be sourced. */
export function bashCompletion(program: CommandNode): string {
  const commands = everyCommand(program)
  const below = commands.slice(1).map(({ path }) => path.join('/'))
  return `# Completions of ledgerd for bash. Made by: ledgerd completion bash
_ledgerd() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} at=ledgerd index
  COMPREPLY=()
  # bash parts --flag=value into three words.
  if [[ $current == = ]]; then current=''
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case $at/\${COMP_WORDS[index]} in
      ${below.join('|')}) at=$at/\${COMP_WORDS[index]} ;;
    esac
  done
  case "$at $before" in
${commands.flatMap(flagCases).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case $at in
${commands.map((command) => `      ${command.path.join('/')}) _ledgerd_words ${quoted(flagWords(command).join(' '))} ;;`).join('\n')}
    esac
    return
  fi
  case $at in
${commands.map((command) => `    ${command.path.join('/')}) ${placeAction(command)} ;;`).join('\n')}
  esac
}

_ledgerd_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

# $1 is -f for files and folders, -d for folders.
_ledgerd_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$current"))
}

complete -F _ledgerd ledgerd
`
}

/** What comes behind a flag with a value; one line for all flags of a command that take the same. */
function flagCases({ path, flags }: CommandNode): string[] {
  const byAction = new Map<string, string[]>()
  for (const { short, long, value } of flags) {
    if (value === undefined) continue
    const action = valueAction(value)
    const patterns = [short, long].flatMap((name) => (name === undefined ? [] : [`"${path.join('/')} ${name}"`]))
    byAction.set(action, [...(byAction.get(action) ?? []), ...patterns])
  }
  return [...byAction].map(([action, patterns]) => `    ${patterns.join('|')}) ${action}; return ;;`)
}

function valueAction({ choices, takes }: ValueNode): string {
  if (choices.length > 0) return `_ledgerd_words ${quoted(choices.join(' '))}`
  if (takes === 'text') return ':'
  return `_ledgerd_paths ${takes === 'folder' ? '-d' : '-f'}`
}

/** What stands where no flag is: a subcommand, or what the arguments take. */
function placeAction({ commands, values }: CommandNode): string {
  if (commands.length > 0) return `_ledgerd_words ${quoted(commands.map(({ path }) => path.at(-1) ?? '').join(' '))}`
  const value = values.find(({ choices, takes }) => choices.length > 0 || takes !== 'text')
  return value === undefined ? ':' : valueAction(value)
}

function flagWords({ flags }: CommandNode): readonly string[] {
  return flags.flatMap(({ short, long }: FlagNode) => [...(short === undefined ? [] : [short]), long])
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
