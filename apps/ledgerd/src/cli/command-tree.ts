// The commands as plain data, read from what commander was told: one source for completions and manual pages.
import type { Argument, Command, Option } from 'commander'

export interface CommandNode {
  /** From the program on: `ledgerd`, `schema`, `check`. */
  readonly path: readonly string[]
  readonly summary: string
  readonly values: readonly ValueNode[]
  readonly flags: readonly FlagNode[]
  readonly commands: readonly CommandNode[]
  /** What its help says behind flags and commands: sentences, then examples. */
  readonly words: readonly string[]
  /** Command lines, without the prompt. */
  readonly examples: readonly string[]
}

/** What stands in a place that a caller fills. */
export interface ValueNode {
  readonly name: string
  readonly description: string
  readonly isRequired: boolean
  readonly isMany: boolean
  /** All that may stand there; empty when anything may. */
  readonly choices: readonly string[]
  /** What a shell completes there; `text` for nothing. */
  readonly takes: 'file' | 'folder' | 'text'
}

export interface FlagNode {
  readonly short: string | undefined
  readonly long: string
  readonly description: string
  /** Undefined for a flag that takes no value. */
  readonly value: ValueNode | undefined
  /** Whether every use adds a value. */
  readonly isRepeated: boolean
  /** What holds without the flag, as words. */
  readonly preset: string | undefined
}

/** The tree below a command, hidden flags left out. */
export function commandTree(command: Command, above: readonly string[] = []): CommandNode {
  const path = [...above, command.name()]
  const help = command.createHelp()
  return {
    path,
    summary: command.description(),
    values: command.registeredArguments.map(argumentNode),
    flags: help.visibleOptions(command).map(flagNode),
    commands: command.commands.map((one) => commandTree(one, path)),
    ...afterHelp(command),
  }
}

/** Every command of a tree, each before those below it. */
export function everyCommand(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(everyCommand)]
}

function argumentNode(argument: Argument): ValueNode {
  const { description, variadic, required } = argument
  return valueNode(argument.name(), description, argument.argChoices ?? [], { isRequired: required, isMany: variadic })
}

function flagNode({ short, long, flags, description, argChoices, ...option }: Option): FlagNode {
  const [, name] = /[<[]([^\]>.]+)/.exec(flags) ?? []
  const { required, variadic, defaultValue, parseArg } = option
  const facts = { isRequired: required, isMany: variadic }
  return {
    short,
    long: long ?? short ?? '',
    description,
    value: name === undefined ? undefined : valueNode(name, description, argChoices ?? [], facts),
    isRepeated: variadic || (parseArg !== undefined && /may be repeated/.test(description)),
    preset: typeof defaultValue === 'string' || typeof defaultValue === 'number' ? String(defaultValue) : undefined,
  }
}

function valueNode(
  name: string,
  description: string,
  choices: readonly string[],
  facts: Pick<ValueNode, 'isRequired' | 'isMany'>,
): ValueNode {
  return { name, description, choices, ...facts, takes: takenBy(name, description, facts.isMany) }
}

/** By its name, which help shows, too; a ledger may be a file where the words say so. */
function takenBy(name: string, description: string, isMany: boolean): ValueNode['takes'] {
  if (['dir', 'folder'].includes(name)) return 'folder'
  if (['file', 'target', 'source', 'package', 'before', 'after', 'path', 'old'].includes(name)) return 'file'
  const isFile = name === 'ledger' && (isMany || /or a file/.test(description))
  return isFile ? 'file' : 'text'
}

function afterHelp(command: Command): Pick<CommandNode, 'words' | 'examples'> {
  let text = ''
  const output = { writeOut: (part: string) => (text += part), writeErr: () => undefined }
  command.configureOutput(output).outputHelp()
  const lines = text.slice(command.helpInformation().length).split('\n')
  const isExample = (line: string): boolean => line.startsWith('  $ ')
  return {
    words: lines.filter((line) => line !== '' && line !== 'Examples:' && !isExample(line)),
    examples: lines.filter(isExample).map((line) => line.slice(4)),
  }
}
