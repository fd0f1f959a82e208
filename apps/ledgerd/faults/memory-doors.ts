// Puts the disk in memory under the daemon's own storage code: imported first by a suite, it stands in for `node:fs`, for
// the kernel's lock and for the visible lock. Everything that is not on the mounted disk goes on as usual.
import type fs from 'node:fs'
import { vi } from 'vitest'

/** `face` is the real module until there is a disk; it is filled then, not exchanged, as importers hold on to it. */
const door: { face?: typeof fs; real?: typeof fs } = vi.hoisted(() => ({}))

vi.mock('node:fs', async (original) => {
  const real = await original<{ default: typeof fs }>()
  door.real = real.default
  door.face = { ...real.default }
  return { ...real, default: door.face }
})

vi.mock('../src/locks/kernel-lock.ts', () => ({
  tryKernelLock: (fd: number) => mount.lock(fd) === true,
  waitForKernelLock: (fd: number) => Promise.resolve(mount.lock(fd) === true),
}))

// As the real one decides: a lock that is there is somebody's. No crash may leave one that its own daemon does not recognise.
vi.mock('proper-lockfile', () => ({
  default: {
    lock: (file: string, { lockfilePath, onCompromised }: LockOptions) => {
      visibleLocks.set(file, onCompromised)
      if (door.face?.existsSync(lockfilePath.replace(/lock$/, 'holder.json')) === false)
        throw new Error('the holder comes first')
      if (door.face?.existsSync(lockfilePath) === true)
        throw Object.assign(new Error('Lock file is already being held'), { code: 'ELOCKED' })
      door.face?.mkdirSync(lockfilePath)
      return Promise.resolve(async () => door.face?.rmSync(lockfilePath))
    },
  },
}))

interface LockOptions {
  readonly lockfilePath: string
  readonly onCompromised: (error: Error) => void
}

/** By ledger file, what its visible lock calls when somebody has taken it away. */
export const visibleLocks: Map<string, LockOptions['onCompromised']> = new Map()

const { MemoryMount } = await import('@ledgerd/testkit')

/** The place where a suite puts its disks. */
export const mount: InstanceType<typeof MemoryMount> = new MemoryMount()
if (door.face !== undefined) Object.assign(door.face, mount.face(door.real as typeof fs))

/** The mounted disk as `node:fs`, for a hand that meddles with it. */
export function mountedFs(): typeof fs {
  if (door.face === undefined) throw new Error('no disk is mounted')
  return door.face
}
