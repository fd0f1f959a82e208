// The manual pages, in the man macros: one for the program and one for each command below it, made from the commands as
// they are. No page names a version or a date, so that the same commands give the same bytes.
import { exitCodes } from '../cli/exit-code.ts'
import { type CommandNode, everyCommand, type FlagNode, type ValueNode } from '../cli/command-tree.ts'
import { environment, exitWords, type Fact, files } from './manual-facts.ts'
import { roffBold, roffItalic, roffText } from './roff.ts'

/** Texts by file name, such as `ledgerd-verify.1`. */
export function manualPages(program: CommandNode): ReadonlyMap<string, string> {
  const commands = everyCommand(program)
  return new Map(commands.map((command) => [`${pageName(command)}.1`, pageOf(command, commands)]))
}

function pageOf(command: CommandNode, commands: readonly CommandNode[]): string {
  const { path, summary, values, flags, examples } = command
  const exitLines = command.words.filter((line) => isAboutExit(line) && path.length > 1)
  const parts = [
    `.\\" Made from the commands of ledgerd; see CONTRIBUTING.md.`,
    `.TH ${pageName(command).toUpperCase()} 1 "" ledgerd "ledgerd manual"`,
    '.nh',
    '.ad l',
    section('NAME', [`${roffText(pageName(command))} \\- ${roffText(summary)}`]),
    section('SYNOPSIS', synopsis(command)),
    section('DESCRIPTION', [sentence(summary), ...command.words.filter((line) => !isAboutExit(line)).map(paragraph)]),
    section(
      'COMMANDS',
      command.commands.map((one) => item(roffBold(one.path.at(-1) ?? ''), sentence(one.summary))),
    ),
    section(
      'ARGUMENTS',
      values.map((value) => item(roffItalic(value.name), valueWords(value))),
    ),
    section(
      'OPTIONS',
      flags.map((flag) => item(flagHead(flag), flagWords(flag))),
    ),
    section('EXAMPLES', examples.length === 0 ? [] : ['.EX', ...examples.map(roffText), '.EE']),
    section('EXIT STATUS', [...exitLines.map(roffText), ...exitItems()]),
    section('ENVIRONMENT', environment.map(factItem)),
    section('FILES', files.map(factItem)),
    section('SEE ALSO', [seeAlso(command, commands)]),
  ]
  return `${parts.filter((part) => part !== '').join('\n')}\n`
}

function pageName({ path }: CommandNode): string {
  return path.join('-')
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`.SH ${title}`, ...lines].join('\n')
}

function item(head: string, words: string): string {
  return `.TP\n${head}\n${words}`
}

function factItem({ name, words }: Fact): string {
  return item(roffBold(name), roffText(words))
}

function paragraph(text: string): string {
  return `.PP\n${roffText(text)}`
}

/** Summaries and descriptions are clauses; one that begins with the name of a family keeps it as it is. */
function sentence(text: string): string {
  const whole = /^[a-z-]+: /.test(text) ? text : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  return roffText(/[.?!]$/.test(whole) ? whole : `${whole}.`)
}

function synopsis({ path, values, commands }: CommandNode): readonly string[] {
  const places = commands.length > 0 ? [roffItalic('command')] : values.map(place)
  return [[roffBold(path.join(' ')), `[${roffItalic('options')}]`, ...places].join(' ')]
}

function place({ name, isRequired, isMany }: ValueNode): string {
  const word = `${roffItalic(name)}${isMany ? ' ...' : ''}`
  return isRequired ? word : `[${word}]`
}

function flagHead({ short, long, value }: FlagNode): string {
  const names = [short, long].flatMap((name) => (name === undefined ? [] : [roffBold(name)])).join(', ')
  return value === undefined ? names : `${names} ${roffItalic(value.name)}${value.isMany ? ' ...' : ''}`
}

function flagWords({ description, value, preset }: FlagNode): string {
  const choices = value === undefined ? [] : choiceWords(value)
  const without = preset === undefined || preset === '' ? [] : [`Default: ${roffText(preset)}.`]
  return [sentence(description), ...choices, ...without].join('\n')
}

function valueWords(value: ValueNode): string {
  return [sentence(value.description), ...choiceWords(value)].join('\n')
}

function choiceWords({ choices }: ValueNode): readonly string[] {
  return choices.length === 0 ? [] : [`One of ${choices.map(roffBold).join(', ')}.`]
}

function isAboutExit(line: string): boolean {
  return line.startsWith('Exit codes: ')
}

function exitItems(): readonly string[] {
  const byCode = (Object.keys(exitCodes) as (keyof typeof exitCodes)[]).toSorted((a, b) => exitCodes[a] - exitCodes[b])
  return byCode.map((name) => item(roffBold(String(exitCodes[name])), roffText(exitWords[name])))
}

/** The page above, those below, and on the page of the program all there are. */
function seeAlso({ path }: CommandNode, commands: readonly CommandNode[]): string {
  const isNear = (other: CommandNode): boolean => {
    const isAbove = other.path.length < path.length && other.path.every((name, at) => name === path[at])
    const isBelow = other.path.length > path.length && path.every((name, at) => name === other.path[at])
    return isAbove || isBelow
  }
  const near = path.length === 1 ? commands.slice(1) : commands.filter(isNear)
  return near.map((one) => `${roffBold(pageName(one))}(1)`).join(',\n')
}
