// `ledgerd verify --jobs` with real threads on real ledgers: the same bytes on stdout and stderr and the same exit code
// however many files are checked at a time, an answer for each of them whatever happens to a thread, and an end on Ctrl-C.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { type MemoryIoOptions, type Outcome, run } from '../test/memory-io.ts'
import { lineOf } from '../test/schema-desk.ts'
import { installPackage } from '../test/schema-package.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const entry = path.join(import.meta.dirname, '../bin/ledgerd.cjs')
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-jobs-'))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const world = fs.readFileSync(path.join(repository, 'vectors/world-events/daily_undertaking.jsonl'), 'utf8').split('\n')
const whole = `${world.slice(0, 40).join('\n')}\n`
const damaged = whole.replace('"channel": "', '"channel": "x')
const put = (name: string, content: string): string => {
  const file = path.join(scratch, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, content)
  return file
}
const folder = (name: string): string => path.join(scratch, name)

for (let at = 0; at < 6; at++) put(`good/${at}/daily_undertaking.jsonl`, whole)
for (const at of [0, 1, 3]) put(`mixed/${at}/daily_undertaking.jsonl`, whole)
put('mixed/2/daily_undertaking.jsonl', damaged)
put('mixed/a b.jsonl', '')
fs.symlinkSync(path.join(scratch, 'nowhere'), path.join(scratch, 'mixed/dangling.jsonl'))

type Said = Pick<Outcome, 'exitCode' | 'out' | 'err'>

/** The same command line with one job and with each of these; fails unless all say the same. */
async function underAll(
  jobsOf: readonly string[],
  args: readonly string[],
  options: MemoryIoOptions = {},
): Promise<Said> {
  const under = async (jobs: string): Promise<Said> => {
    const { exitCode, out, err } = await run(['verify', ...args, '--jobs', jobs], options)
    return { exitCode, out, err }
  }
  const first = await under('1')
  for (const jobs of jobsOf) expect(await under(jobs)).toEqual(first)
  return first
}

const targetsIn = (out: string): string[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => path.relative(scratch, (JSON.parse(line) as { readonly target: string }).target))

describe('the same output whatever --jobs says', () => {
  const corrupt = ['world-events', 'kernel-runs'].map((family) =>
    path.join(repository, 'packages/schemas', family, 'vectors/corrupt'),
  )
  const table: readonly { name: string; jobs: readonly string[]; args: readonly string[]; want: number }[] = [
    { name: 'a damaged ledger among good ones', jobs: ['2', '5'], args: [folder('mixed'), '-v', '--explain'], want: 1 },
    {
      name: 'rows, a data folder and a pattern',
      jobs: ['2'],
      args: ['**', '--data', folder('good'), '--plain'],
      want: 0,
    },
    { name: 'a part of each', jobs: ['2'], args: [folder('mixed'), '--from', '-5'], want: 4 },
    { name: 'every spoilt ledger there is', jobs: ['5'], args: [...corrupt, '--level', 'schema'], want: 1 },
  ]
  for (const { name, jobs, args, want } of table)
    it(name, async () => {
      const { exitCode, out } = await underAll(jobs, args)
      expect({ exitCode, hasOut: out !== '' }).toEqual({ exitCode: want, hasOut: true })
    })

  it('with a target for each file, in the order of their names, and a word for each that cannot be read', async () => {
    const { out, err } = await underAll(['5'], [folder('mixed'), folder('none'), put('last.jsonl', ''), '--json', '-q'])
    expect(targetsIn(out)).toEqual([
      ...[0, 1, 2, 3].map((at) => `mixed/${at}/daily_undertaking.jsonl`),
      'mixed/a b.jsonl',
      'last.jsonl',
    ])
    expect(err.match(/there is no file \S+/g)).toEqual([
      `there is no file ${folder('mixed/dangling.jsonl')}`,
      `there is no file ${folder('none')}`,
    ])
  })

  it('with stdin among the files, where it was named', async () => {
    const args = [
      folder('good/1'),
      '-',
      folder('good/2'),
      '--as',
      'daily_undertaking',
      '--json',
      '--artifacts',
      scratch,
    ]
    const { exitCode, out } = await underAll(['2'], args, { stdin: whole })
    expect(exitCode).toBe(0)
    expect(out.match(/"target":"[^"]*"/g)).toHaveLength(3)
    expect(JSON.parse(out.split('\n')[1] ?? '')).toMatchObject({ target: '-', lines: 40 })
  })

  it('when the reader of stdout goes away', async () => {
    expect(await underAll(['2'], [folder('good')], { writesMax: 3 })).toMatchObject({ exitCode: 141 })
  })
})

/** A schema that does with a ledger what the ledger is called; what would end this process only in a thread. */
const traps = installPackage(
  scratch,
  '@team/traps',
  '1.0.0',
  `
import { isMainThread } from 'node:worker_threads'
import * as z from 'zod'
import { defineSchema, event } from '@ledgerd/schema'
const schema = defineSchema({ name: '@team/traps', version: '1.0.0', events: { 'door.opened': event(z.looseObject({})) } })
const openChecker = (options) => {
  if (options.ledger === 'throws') throw new TypeError('a bug of the package')
  if (isMainThread) return schema.openChecker(options)
  if (options.ledger === 'exits') process.exit(9)
  if (options.ledger === 'throws-later') setImmediate(() => { throw new Error('nobody catches this') })
  return schema.openChecker(options)
}
export default { ...schema, openChecker }
`,
)

describe('what a schema package does', () => {
  const doors = [0, 1, 2].map((at) => lineOf('door.opened', at, '{}')).join('')
  const undecided = (file: string, why: string): string =>
    `ledgerd: INTERNAL: nothing was decided about ${folder(file)}: ${why}\n`

  it('to a ledger is a word with a code about that ledger, also without threads', () => {
    for (const name of ['a', 'throws', 'z']) put(`bugs/${name}.jsonl`, doors)
    for (const jobs of ['1', '2']) {
      // A process of its own: the test runner's would load the sources of packages.
      const args = [entry, 'verify', folder('bugs'), '--schema', traps, '--json', '-q', '--jobs', jobs]
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      expect({ status, targets: targetsIn(stdout), stderr }).toEqual({
        status: 7,
        targets: ['bugs/a.jsonl', 'bugs/z.jsonl'],
        stderr: undecided('bugs/throws.jsonl', 'TypeError: a bug of the package'),
      })
    }
  })

  it('to a thread is a word with a code about its ledger, and the others get their reports', async () => {
    for (const name of ['a', 'b/exits', 'c', 'd/exits', 'e', 'throws-later', 'z']) put(`deaths/${name}.jsonl`, doors)
    const died = 'the thread that checked it ended before it had an answer'
    const args = ['verify', folder('deaths'), '--schema', traps, '--jobs', '2', '--json']
    const { exitCode, out, err } = await run(args)
    expect({ exitCode, targets: targetsIn(out), err }).toEqual({
      exitCode: 7,
      targets: ['a', 'c', 'e', 'z'].map((name) => `deaths/${name}.jsonl`),
      err: [
        undecided('deaths/b/exits.jsonl', `${died}: it ended with code 9`),
        undecided('deaths/d/exits.jsonl', `${died}: it ended with code 9`),
        undecided('deaths/throws-later.jsonl', `${died}: nobody catches this`),
      ].join(''),
    })
  })
})

describe('an interrupt', () => {
  it('prints what is done, in order, and says how many were not looked at', async () => {
    // More than may be begun before the first is printed.
    const names = Array.from({ length: 80 }, (_, at) => `many/${String(at).padStart(2, '0')}.jsonl`)
    for (const name of names) put(name, '')
    for (const jobs of ['1', '2']) {
      const interrupt = new AbortController()
      const onOut = (): void => interrupt.abort('SIGINT')
      const args = ['verify', folder('many'), '--json', '--jobs', jobs]
      const { exitCode, out, err } = await run(args, { interrupted: interrupt.signal, onOut })
      const targets = targetsIn(out)
      expect(exitCode).toBe(130)
      expect(targets).toEqual(names.slice(0, targets.length))
      expect(err).toBe(`ledgerd: stopped; ${80 - targets.length} of 80 were not looked at\n`)
    }
  })

  it('of the real process ends its threads with exit code 130, and each says how far it came', async () => {
    // Holes: no disk holds that much, and no machine reads it within the test.
    for (const at of [1, 2, 3]) fs.truncateSync(put(`large/${at}/daily_undertaking.jsonl`, whole), 2 ** 40)
    const child = spawn(process.execPath, [entry, 'verify', folder('large'), '--json', '--jobs', '2'])
    try {
      const closed = once(child, 'close')
      let out = ''
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
      let last = { bytes: 0 }
      for await (const line of readline.createInterface({ input: child.stderr })) {
        if (!line.startsWith('{')) continue
        const progress = JSON.parse(line) as { bytes: number; target: string; totalBytes: number }
        expect(progress).toMatchObject({ target: '3 targets', totalBytes: 3 * 2 ** 40 })
        expect(progress.bytes).toBeGreaterThanOrEqual(last.bytes)
        last = progress
        if (progress.bytes > 0) child.kill('SIGINT')
      }
      expect(await closed).toEqual([130, null])
      expect(targetsIn(out)).toEqual([1, 2].map((at) => `large/${at}/daily_undertaking.jsonl`))
      for (const line of out.trimEnd().split('\n'))
        expect(JSON.parse(line)).toMatchObject({ coverage: 'partial', levels: { tree: { state: 'not-checked' } } })
    } finally {
      child.kill('SIGKILL')
    }
  })
})
