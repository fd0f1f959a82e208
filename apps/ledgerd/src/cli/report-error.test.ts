import os from 'node:os'
import { LedgerError } from '@ledgerd/schema/errors'
import { describe, expect, it } from 'vitest'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { reportError } from './report-error.ts'

const systemError = (message: string, code: string, errno: number): Error =>
  Object.assign(new Error(message), { code, errno: -errno, syscall: 'mkdir', path: '/copy' })

describe('an error of the file system under a command', () => {
  it.each([
    {
      name: 'a full disk',
      error: systemError("ENOSPC: no space left on device, mkdir '/copy'", 'ENOSPC', os.constants.errno.ENOSPC),
      want: "ledgerd: ENOSPC: no space left on device, mkdir '/copy'\n",
    },
    {
      name: 'a quota, for which Node has no name',
      error: systemError(
        'Unknown system error -122: Unknown system error -122',
        'Unknown system error -122',
        os.constants.errno.EDQUOT,
      ),
      want: "ledgerd: EDQUOT: a disk quota is used up, mkdir '/copy'\n",
    },
  ])('is said and no defect: $name', ({ error, want }) => {
    const said: string[] = []
    const io = { say: (text: string) => said.push(text) } as unknown as Io
    expect(reportError(error, io)).toBe(exitCodes.undecided)
    expect(said.join('')).toBe(want)
  })
})

it.each([
  { code: 'IDENTITY_CONFLICT', details: {}, want: 'ledgerd get LEDGER SEQ' },
  { code: 'EXPECT_FAILED', details: {}, want: 'ledgerd tail LEDGER' },
  { code: 'EVENT_NOT_FOUND', details: {}, want: 'ledgerd tail LEDGER' },
  { code: 'SCHEMA_INVALID', details: {}, want: 'ledgerd schema docs FAMILY' },
  { code: 'LEDGER_STOPPED', details: { command: 'ledgerd doctor ./ledgers' }, want: 'ledgerd doctor ./ledgers' },
] as const)('says what to try after $code', ({ code, details, want }) => {
  const said: string[] = []
  const io = { say: (text: string) => said.push(text) } as unknown as Io
  expect(reportError(new LedgerError(code, 'no', { details }), io)).toBe(exitCodeOf[code])
  expect(said.join('')).toMatch(new RegExp(`^ledgerd: ${code}: no\\n  try: .*${want}.*\\n$`))
})

it('leaves a defect as it is', () => {
  const defect = new TypeError('x is undefined')
  expect(() => reportError(defect, {} as Io)).toThrow(defect)
})
