// Completions for zsh: a function a command, in the words of _arguments, with descriptions.
import { type CommandNode, everyCommand, type FlagNode, type ValueNode } from './command-tree.ts'

/** The script: autoloaded as `_ledgerd`, or sourced after compinit. */
export function zshCompletion(program: CommandNode): string {
  return `#compdef ledgerd
# Completions of ledgerd for zsh. Made by: ledgerd completion zsh

${everyCommand(program).map(commandFunction).join('\n')}
if [[ $funcstack[1] == _ledgerd ]]; then
  _ledgerd "$@"
else
  compdef _ledgerd ledgerd
fi
`
}

function commandFunction(command: CommandNode): string {
  const { commands, flags, values } = command
  const specs = flags.map(flagSpec)
  if (commands.length === 0)
    return `${functionName(command)}() {
  _arguments -s -S : \\
    ${[...specs, ...values.map(valueSpec)].join(' \\\n    ')}
}
`
  return `${functionName(command)}() {
  local line state
  local -a commands
  _arguments -s -S -C : \\
    ${specs.join(' \\\n    ')} \\
    '1: :->command' '*::argument:->arguments'
  case $state in
    command)
      commands=(
        ${commands.map(({ path, summary }) => quoted(`${path.at(-1)}:${colonless(summary)}`)).join('\n        ')}
      )
      _describe -t commands command commands ;;
    arguments)
      case $line[1] in
        ${commands.map((one) => `${one.path.at(-1)}) ${functionName(one)} ;;`).join('\n        ')}
      esac ;;
  esac
}
`
}

function functionName({ path }: CommandNode): string {
  return `_${path.join('_')}`
}

function flagSpec({ short, long, description, value, isRepeated }: FlagNode): string {
  const words = `[${bracketless(description)}]`
  const action = value === undefined ? '' : `:${colonless(value.name)}:${actionOf(value)}`
  // With the sign, --flag=value is taken, too.
  const name = value === undefined ? long : `${long}=`
  if (short === undefined) return quoted(`${isRepeated ? '*' : ''}${name}${words}${action}`)
  return `${quoted(isRepeated ? '*' : `(${short} ${long})`)}{${short},${name}}${quoted(`${words}${action}`)}`
}

function valueSpec(value: ValueNode): string {
  const place = value.isMany ? '*' : value.isRequired ? '' : ':'
  return quoted(`${place}:${colonless(value.name)}:${actionOf(value)}`)
}

function actionOf({ choices, takes }: ValueNode): string {
  if (choices.length > 0) return `(${choices.join(' ')})`
  return { file: '_files', folder: '_files -/', text: ' ' }[takes]
}

/** Brackets end the words of a flag. */
function bracketless(text: string): string {
  return text.replaceAll(/[\\[\]]/g, '\\$&')
}

/** Colons part the fields of what is not in brackets. */
function colonless(text: string): string {
  return text.replaceAll(/[\\:]/g, '\\$&')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
