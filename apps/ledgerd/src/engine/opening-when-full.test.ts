import fs from 'node:fs'
import os from 'node:os'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, drafts, harness, type Harness, ledger } from '../../test/engine-harness.ts'
import type { Engine } from './ports.ts'

let at: Harness
let engine: Engine
let putOff: (() => void)[]

beforeEach(() => {
  at = harness()
  putOff = []
  engine = at.open({
    later: (_, task) => {
      putOff.push(task)
      return () => void (putOff = putOff.filter((other) => other !== task))
    },
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await engine.close()
  at.remove()
})

/** What the engine does by itself after a while. */
function wait(): void {
  for (const task of putOff.splice(0)) task()
}

/** Writing the origin of a ledger fails, the last thing that opening does before a ledger takes appends. */
function failOrigins(errno: number): () => void {
  const real = fs.writeFileSync
  const failing = vi.spyOn(fs, 'writeFileSync').mockImplementation((file, ...rest) => {
    if (/(created|adoption)\.json\.new$/.test(String(file))) throw Object.assign(new Error('full'), { errno: -errno })
    real(file, ...rest)
  })
  return () => failing.mockRestore()
}

describe('a new ledger that cannot be finished', () => {
  it('goes on by itself once a full disk has room', async () => {
    const makeRoom = failOrigins(os.constants.errno.ENOSPC)
    const busy = { code: 'BUSY', outcome: 'absent', details: { reason: 'disk-full' } }
    await expect(append(engine, drafts(0, 2))).rejects.toMatchObject(busy)
    wait()
    await expect.poll(() => engine.stat(ledger)).toMatchObject({ state: 'stopped', reason: 'disk-full' })
    makeRoom()
    wait()
    await expect.poll(() => engine.stat(ledger)).toMatchObject({ state: 'open' })
    expect(await append(engine, drafts(0, 2))).toMatchObject({ kind: 'plain', seq: 0 })
  })

  it('is tried again by whoever asks next when descriptors ran out', async () => {
    const raiseLimit = failOrigins(os.constants.errno.EMFILE)
    const busy = { code: 'BUSY', outcome: 'absent', details: { reason: 'out-of-resources' } }
    await expect(append(engine, drafts(0, 2))).rejects.toMatchObject(busy)
    raiseLimit()
    expect(await append(engine, drafts(0, 2))).toMatchObject({ kind: 'plain', seq: 0 })
  })
})
