// The table of PROTOCOL.md §7 and the tables in code say the same.
import { readFileSync } from 'node:fs'
import { errorCodes } from '@ledgerd/schema'
import type { ErrorCode } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { httpStatus } from './http-status.ts'

const rows = errorRows()

describe('PROTOCOL.md §7', () => {
  it('lists every code, and no other', () => {
    expect(rows.map((row) => row.code).sort()).toEqual(Object.keys(errorCodes).sort())
  })

  it.each(rows)('$code: HTTP $status, retry $retry', ({ code, status, retry }) => {
    expect(String(httpStatus[code])).toBe(status === '–' ? '500' : status)
    expect(errorCodes[code].retryable).toBe(retry === 'yes')
  })
})

function errorRows(): { code: ErrorCode; status: string; retry: string }[] {
  const text = readFileSync(new URL('../../../PROTOCOL.md', import.meta.url), 'utf8')
  const table = text.slice(text.indexOf('## 7. Errors')).split('\n')
  return table
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, codes = '', status = '', retry = ''] = line.split('|').map((cell) => cell.trim())
      return codes.split(', ').map((code) => ({ code: code.replaceAll('`', '') as ErrorCode, status, retry }))
    })
}
