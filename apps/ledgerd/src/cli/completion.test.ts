// Completions: the tree has what help shows, and real shells that source the scripts offer every command, flag, choice and
// file that is in the tree. A shell that is not installed is skipped by name; PowerShell is never here, so its script is only
// looked at.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completingShells, isInstalled } from '../../test/completion-shells.ts'
import { programTree } from '../../test/program-tree.ts'
import { run } from '../../test/memory-io.ts'
import { type CommandNode, everyCommand } from './command-tree.ts'
import { completionScripts } from './completion-run.ts'

const program = await programTree()
const commands = everyCommand(program)
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-completion-'))
const folder = path.join(scratch, 'here')
beforeAll(() => {
  fs.mkdirSync(path.join(folder, 'hall'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'harbour.jsonl'), '')
})
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const namesOf = ({ flags }: CommandNode): string[] =>
  flags.flatMap(({ short, long }) => [...(short === undefined ? [] : [short]), long])

describe('the tree of commands', () => {
  for (const command of commands)
    it(`of ${command.path.join(' ')} has what its help shows`, async () => {
      const { out } = await run([...command.path.slice(1), '--help'])
      const [head = '', after = ''] = out.split(/\n(?=Examples:)/)
      const below = (title: string): string[] =>
        (new RegExp(`^${title}:\n((?: {2}.*\n?)*)`, 'm').exec(head)?.[1] ?? '').match(/^ {2}\S.*$/gm) ?? []
      const flags = below('Options').flatMap((line) => line.match(/^ {2}(?:(-\w), )?(--[\w-]+)/)?.slice(1) ?? [])
      expect(namesOf(command)).toEqual(flags.filter((name) => name !== undefined))
      expect(command.commands.map(({ path }) => path.at(-1))).toEqual(
        below('Commands').map((line) => /^ {2}([\w-]+)/.exec(line)?.[1]),
      )
      expect(command.examples.map((line) => `  $ ${line}`)).toEqual(after.match(/^ {2}\$ .*$/gm) ?? [])
    })

  it('knows what stands in each place', () => {
    const verify = commands.find(({ path }) => path.join(' ') === 'ledgerd verify')
    expect(verify?.values).toMatchObject([{ name: 'target', isRequired: true, isMany: true, takes: 'file' }])
    expect(verify?.flags.find(({ long }) => long === '--level')?.value?.choices).toContain('tree')
    const cat = commands.find(({ path }) => path.join(' ') === 'ledgerd cat')
    expect(cat?.flags.find(({ long }) => long === '--type')).toMatchObject({ isRepeated: true })
    expect(cat?.flags.find(({ long }) => long === '--from')).toMatchObject({ preset: 'start', short: undefined })
  })
})

interface Question {
  readonly line: string
  readonly want: readonly string[]
}

/** Every command and flag there is, each choice, and files where they are taken. */
const questions: readonly Question[] = commands.flatMap((command) => {
  const line = command.path.join(' ')
  const offers = command.commands.map(({ path }) => path.at(-1) ?? '')
  const choices = command.values.flatMap((value) => value.choices)
  return [
    { line: `${line} --`, want: command.flags.map(({ long }) => long) },
    ...(offers.length + choices.length === 0 ? [] : [{ line: `${line} `, want: [...offers, ...choices] }]),
    ...command.flags.flatMap(({ long, value }) => {
      if (value === undefined || value.choices.length === 0) return []
      const [first = ''] = value.choices
      const want = value.choices.filter(startsWith(first.slice(0, 1)))
      return [{ line: `${line} ${long} ${first.slice(0, 1)}`, want }]
    }),
  ]
})

const more: readonly Question[] = [
  { line: 'ledgerd ve', want: ['verify', 'version'] },
  { line: 'ledgerd verify ha', want: ['hall', 'harbour.jsonl'] },
  { line: 'ledgerd verify harbour.jsonl --json ha', want: ['hall', 'harbour.jsonl'] },
  { line: 'ledgerd verify --data ha', want: ['hall'] },
  { line: 'ledgerd verify --level=t', want: ['tail', 'tree'] },
  { line: 'ledgerd serve ha', want: ['hall'] },
  { line: 'ledgerd append ha', want: [] },
  { line: 'ledgerd cat --type ha', want: [] },
  { line: 'ledgerd schema check ha', want: ['hall', 'harbour.jsonl'] },
]

function startsWith(beginning: string): (name: string) => boolean {
  return (name) => name.startsWith(beginning)
}

/** A command whose words have every sign that one of the shells takes for its own. */
const hostile: CommandNode = {
  path: ['ledgerd'],
  summary: `it's "a" [b]: $(touch x) \`touch y\` \\ {c,d} %e ;& |`,
  values: [],
  flags: ['--one', '--two'].map((long, at) => ({
    short: at === 0 ? '-o' : undefined,
    long,
    description: `it's "a" ] [b]: $(touch x) \`touch y\` \\ ' {c,d} ;& | end\\`,
    value: undefined,
    isRepeated: at === 1,
    preset: undefined,
  })),
  commands: [],
  words: [],
  examples: [],
}

describe.each(completingShells)('$name', ({ name, ask }) => {
  it.runIf(isInstalled(name))(`takes no word of a description for its own (needs ${name})`, () => {
    const below = { ...hostile, path: ['ledgerd', 'sub'] }
    const script = completionScripts[name]({ ...hostile, commands: [below] })
    const answers = ask(script, ['ledgerd --', 'ledgerd s', 'ledgerd sub --t'], folder)
    expect(answers).toEqual([['--one', '--two'], ['sub'], ['--two']])
    expect(fs.readdirSync(folder).toSorted()).toEqual(['hall', 'harbour.jsonl'])
  })

  it.runIf(isInstalled(name))(
    `offers every command, flag, choice and file (needs ${name})`,
    { timeout: 120_000 },
    async () => {
      const { out, exitCode } = await run(['completion', name])
      expect(exitCode).toBe(0)
      const asked = [...questions, ...more]
      const answers = ask(
        out,
        asked.map(({ line }) => line),
        folder,
      )
      // Shells differ in a slash behind folders, and in whether a choice comes with its flag.
      const bare = (names: readonly string[]): string[] =>
        names.map((one) => one.replace(/\/$/, '').replace('--level=', '')).toSorted()
      expect(asked.map(({ line }, at) => [line, bare(answers[at] ?? ['no answer'])])).toEqual(
        asked.map(({ line, want }) => [line, bare(want)]),
      )
    },
  )

  it('knows the short form of every flag', async () => {
    const { out } = await run(['completion', name])
    const shorts = commands.flatMap(({ flags }) =>
      flags.flatMap(({ short, long }) => (short === undefined ? [] : [{ short, long }])),
    )
    const shapes = {
      bash: ({ short, long }: Pair) => `${short} ${long}`,
      zsh: ({ short, long }: Pair) => `{${short},${long}`,
      fish: ({ short, long }: Pair) => ` -s ${short.slice(1)} -l ${long.slice(2)} `,
    }
    for (const pair of shorts) expect(out).toContain(shapes[name](pair))
    expect(shorts.length).toBeGreaterThan(10)
  })
})

interface Pair {
  readonly short: string
  readonly long: string
}

/** What is left of a PowerShell script without its texts and remarks. */
const codeOf = (script: string): string =>
  script.replaceAll(/'(?:[^']|'')*'|"(?:[^"`]|`.)*"/g, '').replaceAll(/#.*/g, '')

it('PowerShell gets a script with every command, flag and choice, its quotes balanced', async () => {
  const { out } = await run(['completion', 'powershell'])
  for (const command of commands) {
    const at = command.path.join('/')
    const row = out.split('\n').filter((line) => line.startsWith(`    '${at}' = `))
    expect(row).toHaveLength(2)
    for (const name of namesOf(command)) expect(row[1]).toContain(`'${name} `)
  }
  const left = codeOf(out)
  expect(left).not.toMatch(/['"]/)
  for (const [open, close] of ['{}', '()', '[]'])
    expect(left.split(open ?? '').length).toBe(left.split(close ?? '').length)
})

it('PowerShell takes no word of a description for its own', () => {
  const plain = { ...hostile, flags: hostile.flags.map((flag) => ({ ...flag, description: 'x' })), summary: 'x' }
  expect(codeOf(completionScripts.powershell(hostile))).toBe(codeOf(completionScripts.powershell(plain)))
})

it('takes no other shell', async () => {
  const { exitCode, err } = await run(['completion', 'csh'])
  expect([exitCode, err]).toEqual([2, expect.stringContaining('bash, zsh, fish, powershell')])
})
