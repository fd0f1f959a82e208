// Completions for fish: a condition that finds the command, and one line for each flag, with descriptions.
import { type CommandNode, everyCommand, type FlagNode, type ValueNode } from './command-tree.ts'

/** The script, for a completions folder. */
export function fishCompletion(program: CommandNode): string {
  const commands = everyCommand(program)
  const below = commands.slice(1).map(({ path }) => path.join('/'))
  return `# Completions of ledgerd for fish. Made by: ledgerd completion fish
function __ledgerd_at
    set -l at ledgerd
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if contains -- $at/$word ${below.join(' ')}
            set at $at/$word
        end
    end
    test $at = $argv[1]
end

complete -c ledgerd -f
${commands.flatMap(linesOf).join('\n')}
`
}

function linesOf({ path, commands, flags, values }: CommandNode): string[] {
  const here = `complete -c ledgerd -n '__ledgerd_at ${path.join('/')}'`
  return [
    ...commands.map((one) => `${here} -a ${one.path.at(-1)} -d ${quoted(one.summary)}`),
    ...flags.map((flag) => `${here} ${flagWords(flag)} -d ${quoted(flag.description)}`),
    ...new Set(values.flatMap((value) => valueWords(value).map((words) => `${here} ${words}`))),
  ]
}

function flagWords({ short, long, value }: FlagNode): string {
  const names = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), `-l ${long.slice(2)}`].join(' ')
  if (value === undefined) return names
  const [words] = valueWords(value)
  return words === '-F' ? `${names} -r -F` : `${names} -x${words === undefined ? '' : ` ${words}`}`
}

/** Nothing for a text. */
function valueWords({ choices, takes }: ValueNode): readonly string[] {
  if (choices.length > 0) return [`-a ${quoted(choices.join(' '))}`]
  return { file: ['-F'], folder: ["-a '(__fish_complete_directories)'"], text: [] }[takes]
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
