import { LedgerError } from '@ledgerd/schema/errors'
import { describe, expect, it } from 'vitest'
import { CliError } from './cli-error.ts'
import type { Io } from './io.ts'
import { reportError } from './report-error.ts'
import { formatFailure, outcomeOf, parseFailure } from './verify-outcome.ts'

/** What people and scripts are told of an error. */
function told(error: unknown): { said: string; exitCode: number } {
  let said = ''
  const exitCode = reportError(error, { say: (text: string) => (said += text) } as unknown as Io)
  return { said, exitCode }
}

describe('a failure', () => {
  const expected: readonly { name: string; error: unknown; exitCode: number }[] = [
    { name: 'of the command', error: new CliError(4, 'there is no file x', 'see: ls'), exitCode: 4 },
    { name: 'of the command, without a hint', error: new CliError(7, 'x cannot be read: EIO'), exitCode: 7 },
    { name: 'with a code', error: new LedgerError('CONFIG_INVALID', 'no key'), exitCode: 2 },
    {
      name: 'with a code and a command, among details that no thread could send',
      error: new LedgerError('SCHEMA_UNKNOWN', 'not here', { details: { command: 'npm i x', at: () => 1 } }),
      exitCode: 1,
    },
    {
      name: 'of the system',
      error: Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }),
      exitCode: 7,
    },
  ]
  for (const { name, error, exitCode } of expected)
    it(`${name} is told alike from here and from a thread`, () => {
      const sent = structuredClone(formatFailure(error))
      expect(told(parseFailure(sent, 'x'))).toEqual(told(error))
      expect(told(error).exitCode).toBe(exitCode)
    })

  const defects: readonly { name: string; error: unknown; says: string }[] = [
    { name: 'an error', error: new TypeError('x is not a function'), says: 'TypeError: x is not a function' },
    { name: 'an error of Node', error: Object.assign(new Error('odd'), { code: 'ERR_ODD' }), says: 'Error: odd' },
    { name: 'a string', error: 'thrown', says: 'thrown' },
    { name: 'nothing', error: undefined, says: 'undefined' },
  ]
  for (const { name, error, says } of defects)
    it(`that is a defect (${name}) has the code INTERNAL, names its target and decides nothing`, () => {
      const sent = structuredClone(formatFailure(error))
      expect(told(parseFailure(sent, 'a.jsonl'))).toEqual({
        said: `ledgerd: INTERNAL: nothing was decided about a.jsonl: ${says}\n`,
        exitCode: 7,
      })
    })

  it('is an outcome, never a rejection', async () => {
    const outcome = await outcomeOf(() => Promise.reject(new CliError(4, 'gone')))
    expect(outcome).toEqual({ failure: { kind: 'command', exitCode: 4, sentence: 'gone', hint: undefined } })
  })
})
