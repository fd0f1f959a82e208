import os from 'node:os'
import { describe, expect, it } from 'vitest'
import { systemErrorText } from './system-error-text.ts'

const errno = -os.constants.errno.EDQUOT
// As Node 20 says it of a call on the event loop, and of one in the thread pool.
const unnamed = 'Unknown system error -122: Unknown system error -122'

describe('systemErrorText', () => {
  it.each([
    {
      name: 'a quota under a write',
      error: Object.assign(new Error('UNKNOWN: unknown error, write'), { errno, syscall: 'write' }),
      want: 'EDQUOT: a disk quota is used up, write',
    },
    {
      name: 'a quota under a new folder',
      error: Object.assign(new Error(`${unnamed}, mkdir '/data/x'`), { errno, syscall: 'mkdir', path: '/data/x' }),
      want: "EDQUOT: a disk quota is used up, mkdir '/data/x'",
    },
    {
      name: 'a quota, by a call that Node does not name',
      error: Object.assign(new Error(unnamed), { errno }),
      want: 'EDQUOT: a disk quota is used up',
    },
    {
      name: 'another error, as Node says it',
      error: Object.assign(new Error('ENOSPC: no space left on device, write'), {
        errno: -os.constants.errno.ENOSPC,
        syscall: 'write',
      }),
      want: 'ENOSPC: no space left on device, write',
    },
    { name: 'an error without a number', error: new Error('something else'), want: 'something else' },
  ])('says what lasts and where: $name', ({ error, want }) => {
    expect(systemErrorText(error)).toBe(want)
  })
})
