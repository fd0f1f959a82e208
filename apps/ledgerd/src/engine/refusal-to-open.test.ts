import os from 'node:os'
import { LedgerError } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { StopSignal } from '../storage/stop-signal.ts'
import { refusalToOpen } from './refusal-to-open.ts'

const { ENOSPC, EDQUOT, EMFILE, EAGAIN, EROFS, EIO } = os.constants.errno
const errorOf = (errno: number): Error => Object.assign(new Error('open'), { errno: -errno })
const locked = new LedgerError('LEDGER_LOCKED', 'held')
const defect = new TypeError('x is undefined')

describe('refusalToOpen', () => {
  it.each([
    { name: 'a full disk', error: errorOf(ENOSPC), want: { code: 'BUSY', details: { reason: 'disk-full' } } },
    { name: 'a full quota', error: errorOf(EDQUOT), want: { code: 'BUSY', details: { reason: 'disk-full' } } },
    { name: 'descriptors', error: errorOf(EMFILE), want: { code: 'BUSY', details: { reason: 'out-of-resources' } } },
    { name: 'processes', error: errorOf(EAGAIN), want: { code: 'BUSY', details: { reason: 'out-of-resources' } } },
    {
      name: 'read-only',
      error: errorOf(EROFS),
      want: { code: 'LEDGER_STOPPED', details: { reason: 'opening-failed' } },
    },
    { name: 'a disk', error: errorOf(EIO), want: { code: 'LEDGER_STOPPED', details: { reason: 'opening-failed' } } },
    {
      name: 'another file',
      error: new StopSignal('file-replaced', 'another'),
      want: { code: 'LEDGER_STOPPED', details: { reason: 'file-replaced', since: '1970-01-01T00:00:05.000Z' } },
    },
  ])('says what it is and that nothing was written: $name', ({ error, want }) => {
    expect(refusalToOpen('x', error, () => 5000)).toMatchObject({ ...want, outcome: 'absent' })
  })

  it('names a quota, and how to go on', () => {
    const { message } = refusalToOpen('x', errorOf(EDQUOT), () => 5000) as LedgerError
    expect(message).toContain('disk-full, EDQUOT: a disk quota is used up; make room or raise the quota;')
  })

  it.each([
    { name: 'a refusal', error: locked },
    { name: 'a defect', error: defect },
  ])('leaves as it is: $name', ({ error }) => {
    expect(refusalToOpen('x', error, () => 0)).toBe(error)
  })
})
