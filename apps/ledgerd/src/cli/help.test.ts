import { describe, expect, it } from 'vitest'
import { run } from '../../test/memory-io.ts'
import { programTree } from '../../test/program-tree.ts'
import { everyCommand } from './command-tree.ts'

const program = await programTree()
const commands = everyCommand(program)

describe('help', () => {
  for (const { path, summary } of commands)
    it(`of ${path.join(' ')} says what it is for, and has three examples`, async () => {
      const { out, err, exitCode } = await run([...path.slice(1), '--help'])
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
      expect(out).toContain(`Usage: ${path.join(' ')} `)
      expect(out.replaceAll(/\s+/g, ' ')).toContain(summary)
      // conformance/help-examples.test.ts runs them.
      expect(out.match(/^ {2}\$ .*ledgerd /gm)).toHaveLength(3)
    })

  it('of the whole names every command', async () => {
    const { out } = await run(['--help'])
    for (const { path } of program.commands) expect(out).toMatch(new RegExp(`^  ${path.at(-1)} `, 'm'))
    expect(program.commands.length).toBeGreaterThan(16)
  })

  const table = [
    { args: [], want: 2 },
    { args: ['fly'], want: 2 },
    { args: ['--fly'], want: 2 },
    { args: ['--version'], want: 0 },
    { args: ['version'], want: 0 },
    { args: ['get', 'only-one'], want: 2 },
  ]
  for (const { args, want } of table) {
    it(`exit code of ${JSON.stringify(args)}`, async () => expect((await run(args)).exitCode).toBe(want))
  }

  it.each([[['get']], [['schema', 'gen', '--fly']], [['token', 'create', '--fly']]])(
    '%j is shown the help of its own',
    async (args) => {
      const path = args.filter((word) => !word.startsWith('-')).join(' ')
      expect((await run(args)).err).toContain(`(see: ledgerd ${path} --help)`)
    },
  )

  it.each([[[]], [['--help']], [['tail', '--help']], [['--version']]])(
    '%j into a pipe that is closed',
    async (args) => {
      const wantsOut = args.length > 0
      expect(await run(args, { writesMax: 0 })).toMatchObject(wantsOut ? { exitCode: 141, err: '' } : { exitCode: 2 })
    },
  )

  it('version --json', async () => {
    const { out } = await run(['version', '--json'])
    expect(JSON.parse(out)).toMatchObject({ kind: 'version', v: 1, ledgerd: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  })
})
