import fs from 'node:fs'
import os from 'node:os'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, draft, type Harness, harness, idsInFile, ledger } from '../../test/engine-harness.ts'
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

const refusals = [
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
]

function failReads(error: Error): void {
  vi.spyOn(fs, 'read').mockImplementation(((...call: unknown[]) => {
    const done = call.at(-1) as (error: Error) => void
    setImmediate(() => done(error))
  }) as typeof fs.read)
}

describe('a draft whose earlier line cannot be read', () => {
  it.each([...refusals, { name: 'of a defect', error: new TypeError('x is undefined'), want: { code: 'INTERNAL' } }])(
    'is refused, and taken up the next time: $name',
    async ({ error, want }) => {
      failReads(error)
      const before = at.warnings.length
      const refused = expect.objectContaining({ ...want, outcome: 'absent' })
      await expect(append(engine, [draft(0)])).rejects.toEqual(refused)
      expect(at.warnings.slice(before)).toEqual([expect.stringContaining('earlier lines')])
      vi.restoreAllMocks()
      expect(await append(engine, [draft(0), draft(1)])).toMatchObject({
        kind: 'mixed',
        outcomes: [
          { seq: 0, isDuplicate: true },
          { seq: 1, isDuplicate: false },
        ],
      })
      expect(idsInFile(at.file)).toHaveLength(2)
    },
  )
})

describe('lines that cannot be read', () => {
  it.each(refusals)('are refused with a code that may pass, and the log says why: $name', async ({ error, want }) => {
    const reader = await engine.reader(ledger)
    const asks: { name: string; ask: () => Promise<unknown> }[] = [
      { name: 'a window', ask: () => reader.read(0, 1 << 16) },
      { name: 'a time', ask: () => reader.resolve({ timeMs: 0 }) },
      { name: 'an event', ask: () => reader.findEvent('0'.repeat(32)) },
    ]
    for (const { name, ask } of asks) {
      failReads(error)
      const before = at.warnings.length
      await expect(ask(), name).rejects.toMatchObject(want)
      expect(at.warnings.slice(before), name).toEqual([expect.stringContaining(error.message)])
      vi.restoreAllMocks()
      await ask()
    }
  })
})
