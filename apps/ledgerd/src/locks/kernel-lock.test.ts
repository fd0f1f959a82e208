import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tryKernelLock, waitForKernelLock } from './kernel-lock.ts'

let folder: string
let fd: number

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-kernel-lock-'))
  fd = fs.openSync(path.join(folder, 'x'), 'w')
})
afterEach(() => {
  vi.unstubAllEnvs()
  fs.closeSync(fd)
  fs.rmSync(folder, { recursive: true })
})

/** What asks for the lock finds this program, and no other. */
function pretend(script: string | undefined): void {
  if (script !== undefined) fs.writeFileSync(path.join(folder, 'flock'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  vi.stubEnv('PATH', folder)
}

const asks = [
  { name: 'asked once', ask: async () => tryKernelLock(fd) },
  { name: 'waited for', ask: () => waitForKernelLock(fd, 50) },
]

describe.each(asks)('a kernel lock, $name', ({ ask }) => {
  it('is had, again by the same descriptor, and by no other', async () => {
    expect([await ask(), await ask()]).toEqual([true, true])
    const other = fs.openSync(path.join(folder, 'x'), 'r')
    const mine = fd
    fd = other
    expect(await ask()).toBe(false)
    fs.closeSync(mine)
    expect(await ask()).toBe(true)
  })

  // util-linux answers EX_OSERR and EX_DATAERR for what flock(2) refuses for other reasons than a holder.
  const troubles = [
    {
      name: 'a file system that does not lock',
      script: 'echo "flock: 3: Operation not supported" >&2; exit 65',
      want: { code: 'CONFIG_INVALID', message: expect.stringContaining('Operation not supported') },
    },
    {
      name: 'a system without locks left',
      script: 'echo "flock: 3: No locks available" >&2; exit 71',
      want: { code: 'CONFIG_INVALID', message: expect.stringContaining('No locks available') },
    },
    {
      name: 'a program that was killed',
      script: 'kill -9 $$',
      want: {
        code: 'BUSY',
        outcome: 'absent',
        details: { reason: 'out-of-resources' },
        message: expect.stringContaining('SIGKILL'),
      },
    },
    {
      name: 'no program',
      script: undefined,
      want: { code: 'CONFIG_INVALID', message: expect.stringContaining('util-linux') },
    },
  ]
  it.each(troubles)('is no rival: $name', async ({ script, want }) => {
    pretend(script)
    await expect(ask()).rejects.toMatchObject(want)
  })
})
