import fs from 'node:fs'
import os from 'node:os'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, draft, type Harness, harness, idsInFile } from '../../test/engine-harness.ts'
import type { Engine } from './ports.ts'

let at: Harness
let engine: Engine
beforeEach(async () => {
  at = harness()
  engine = at.open()
  await append(engine, [draft(0)])
})
afterEach(async () => {
  vi.restoreAllMocks()
  await engine.close()
  at.remove()
})

const { EIO, EMFILE } = os.constants.errno

describe('a draft whose earlier line cannot be read', () => {
  it.each([
    {
      name: 'a disk refuses it',
      error: Object.assign(new Error('EIO: i/o error, read'), { errno: -EIO }),
      want: { code: 'BUSY', details: { reason: 'read-failed' } },
    },
    {
      name: 'the system is short of something',
      error: Object.assign(new Error('EMFILE: too many open files'), { errno: -EMFILE }),
      want: { code: 'BUSY', details: { reason: 'out-of-resources' } },
    },
    { name: 'of a defect', error: new TypeError('x is undefined'), want: { code: 'INTERNAL' } },
  ])('is refused, and taken up the next time: $name', async ({ error, want }) => {
    vi.spyOn(fs, 'read').mockImplementation(((...call: unknown[]) => {
      const done = call.at(-1) as (error: Error) => void
      setImmediate(() => done(error))
    }) as typeof fs.read)
    await expect(append(engine, [draft(0)])).rejects.toMatchObject({ ...want, outcome: 'absent' })
    vi.restoreAllMocks()
    expect(await append(engine, [draft(0), draft(1)])).toMatchObject({
      kind: 'mixed',
      outcomes: [
        { seq: 0, isDuplicate: true },
        { seq: 1, isDuplicate: false },
      ],
    })
    expect(idsInFile(at.file)).toHaveLength(2)
  })
})
