import { describe, expect, it } from 'vitest'
import { run } from '../../test/memory-io.ts'

describe('help', () => {
  for (const name of [
    'serve',
    'append',
    'tail',
    'cat',
    'get',
    'verify',
    'import',
    'drift',
    'accept',
    'stats',
    'doctor',
    'repair',
    'version',
  ]) {
    it(`of ${name} has three examples and fits the command`, async () => {
      const { out, exitCode } = await run([name, '--help'])
      expect(exitCode).toBe(0)
      expect(out).toContain(`Usage: ledgerd ${name}`)
      const examples = out.split('\n').filter((line) => line.startsWith('  $ ledgerd '))
      expect(examples).toHaveLength(3)
    })
  }

  it('of the whole names every command', async () => {
    const { out, err, exitCode } = await run(['--help'])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    for (const name of [
      'serve',
      'append',
      'tail',
      'cat',
      'get',
      'verify',
      'import',
      'drift',
      'accept',
      'stats',
      'doctor',
      'repair',
      'version',
    ])
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
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

  it('version --json', async () => {
    const { out } = await run(['version', '--json'])
    expect(JSON.parse(out)).toMatchObject({ kind: 'version', v: 1, ledgerd: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  })
})
