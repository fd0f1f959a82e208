// Every example of every help text is run as it stands: in this process where words, quotes and files are enough, in bash
// where it has a pipe, as a process where it serves. What an example leaves open is filled from test/example-folder.ts.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everyCommand } from '../src/cli/command-tree.ts'
import { DaemonProcess, hookTimeoutMs } from '../test/daemon-process.ts'
import { exampleVariables, ExampleFolder, placeholders } from '../test/example-folder.ts'
import { type ExampleLine, parseExample } from '../test/example-line.ts'
import { run } from '../test/memory-io.ts'
import { programTree } from '../test/program-tree.ts'
import { copyFolder } from '../test/copy-folder.ts'

const commands = everyCommand(await programTree())
const hasJq = spawnSync('jq', ['--version']).status === 0
const entry = path.join(import.meta.dirname, '../bin/ledgerd.cjs')

/** Flags that an example gets on its way, and why. */
const added: readonly (readonly [part: string, flags: readonly string[], why: string])[] = [
  [
    'schema check ./',
    ['--documents', '20'],
    'ten thousand documents take seconds, and the search has tests of its own',
  ],
]

/** Exit codes that are a good answer and not 0. */
const answers: readonly (readonly [part: string, codes: readonly number[], why: string])[] = [
  ['tail -f', [130], 'it follows until it is told to stop, which a signal does after the first lines'],
  ['drift builds/monday', [1], 'the builds differ'],
  ['drift old/', [1], 'the builds differ'],
  ['verify ./data/', [3], 'beside a bare file there is no tree to compare with, and the level asked for includes it'],
  ['accept ', [0, 1], 'windows may be refused'],
  ['doctor ', [0, 1], 'what is wrong depends on the machine'],
]

const folder = new ExampleFolder()
const socket = path.join(folder.root, 'sock')
const env = { ...exampleVariables, HOME: path.join(folder.root, 'home') }
let daemon: DaemonProcess
const startedIn = process.cwd()
beforeAll(async () => {
  process.chdir(folder.root)
  await folder.prepare()
  daemon = await DaemonProcess.start(folder.served, socket)
}, hookTimeoutMs)
afterAll(async () => {
  await daemon.kill('SIGTERM')
  process.chdir(startedIn)
  folder.remove()
}, hookTimeoutMs)

const filled = (line: string): string => placeholders.reduce((text, [said, by]) => text.replaceAll(said, by), line)

interface Ran {
  readonly exitCode: number | null
  readonly out: string
  readonly err: string
}

/** Runs one in this process, against the daemon. */
async function runHere({ args, stdin, stdout }: ExampleLine, line: string): Promise<Ran> {
  const more = added.find(([part]) => line.includes(part) && !line.includes('--lint'))?.[1] ?? []
  const follow = new AbortController()
  const isFollowing = line.includes('tail -f')
  const outcome = await run([...args, ...more], {
    env: { LEDGERD_URL: `unix:${socket}` },
    ...(stdin === undefined ? {} : { stdin: fs.readFileSync(stdin) }),
    ...(isFollowing ? { interrupted: follow.signal, onOut: () => follow.abort('SIGINT') } : {}),
  })
  if (stdout !== undefined) fs.writeFileSync(stdout, outcome.bytes)
  return outcome
}

/** Runs one in bash, with the built command line on its path. */
function runInBash(line: string): Ran {
  const bin = path.join(folder.root, 'bin')
  fs.mkdirSync(bin, { recursive: true })
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n`
  fs.writeFileSync(path.join(bin, 'ledgerd'), shim, { mode: 0o755 })
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], {
    encoding: 'utf8',
    env: { ...env, PATH: `${bin}:${process.env['PATH']}`, LEDGERD_URL: `unix:${socket}` },
  })
  return { exitCode: status, out: stdout, err: stderr }
}

/** Starts one on a copy of the ledgers and on a port and socket of its own, and ends it once it serves. */
async function serve(line: string, name: string): Promise<Ran> {
  const [, , ...flags] = parseExample(line, env)?.args ?? []
  const place = path.join(folder.root, name)
  copyFolder(path.join(folder.root, 'ledgers'), place)
  const served = await DaemonProcess.start(place, path.join(folder.root, `${name}.sock`), flags)
  const { code } = await served.kill('SIGTERM')
  return { exitCode: code, out: served.log, err: served.said }
}

describe.each(commands.map((command) => ({ name: command.path.join(' '), ...command })))('help of $name', (command) => {
  // What a command above shows, too, is run there.
  const isNew = (example: string): boolean =>
    commands.find(({ examples }) => examples.includes(example))?.path.join(' ') === command.name
  for (const [at, example] of [...command.examples.entries()].filter(([, one]) => isNew(one))) {
    const isJq = example.includes('| jq')
    const needs = isJq ? ' (needs jq)' : ''
    it.skipIf(isJq && !hasJq)(`${example}${needs}`, { timeout: 60_000 }, async () => {
      const line = filled(example)
      await folder.refresh(line)
      const here = parseExample(line, env)
      const isServing = here?.args[0] === 'serve'
      const { exitCode, out, err } = isServing
        ? await serve(line, `serve-${command.path.length}-${at}`)
        : here === undefined
          ? runInBash(line)
          : await runHere(here, line)
      const wanted = answers.find(([part]) => line.includes(part))?.[1] ?? [0]
      expect(wanted, `${out}${err}`).toContain(exitCode)
    })
  }
})

it('has no exception that no example needs', () => {
  const all = commands.flatMap(({ examples }) => examples)
  for (const part of [...added, ...answers, ...placeholders].map(([said]) => said))
    expect(
      all.some((example) => example.includes(part)),
      part,
    ).toBe(true)
})

describe('parseExample', () => {
  const table = [
    { line: 'ledgerd append a b \'{"x": 1}\' -k', want: { args: ['append', 'a', 'b', '{"x": 1}', '-k'] } },
    { line: 'ledgerd get a --link "$IPC_HASH" < in > out', want: { stdin: 'in', stdout: 'out' } },
    { line: 'ledgerd stats --json | jq .', want: undefined },
    { line: 'export A=$(ledgerd version)', want: undefined },
    { line: "ledgerd cat 'a b'c > ~/x", want: { args: ['cat', 'a bc'], stdout: '/home/x' } },
  ]
  for (const { line, want } of table)
    it(line, () => {
      const got = parseExample(line, { IPC_HASH: 'f', HOME: '/home' })
      if (want === undefined) expect(got).toBeUndefined()
      else expect(got).toMatchObject(want)
    })
  it('refuses a variable without a value', () => expect(() => parseExample('ledgerd get $X', {})).toThrow('X'))
})
