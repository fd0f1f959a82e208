// A reader who has seen more lines than the daemon knows of at the moment is not told that the ledger was cut.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, drafts, type Harness, harness, ledger } from '../../test/engine-harness.ts'
import type { SecondSync } from '../config.ts'
import type { Engine, LedgerReader } from './ports.ts'

let at: Harness
let engine: Engine | undefined

beforeEach(() => {
  at = harness()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await engine?.close()
  engine = undefined
  at.remove()
})

/** Ten acknowledged lines; of those of a head record that trails the disk knows six. */
async function tenLines(secondSync: SecondSync): Promise<void> {
  const head = path.join(at.sidecar, 'head')
  const first = at.open({ secondSync })
  await append(first, drafts(0, 6))
  await first.close()
  const six = fs.readFileSync(head)
  const second = at.open({ secondSync })
  await append(second, drafts(6, 10))
  await second.close()
  if (secondSync === 'same') fs.writeFileSync(head, six)
}

/** The disk refuses to open the ledger for writing. */
function failOpenings(): void {
  const real = fs.openSync
  vi.spyOn(fs, 'openSync').mockImplementation((file, flags, mode) => {
    const isForWriting = typeof flags === 'number' && (flags & fs.constants.O_WRONLY) !== 0
    if (file === at.file && isForWriting)
      throw Object.assign(new Error('EIO: i/o error'), { errno: -os.constants.errno.EIO })
    return real(file, flags, mode)
  })
}

const asks: { name: string; ask: (reader: LedgerReader) => Promise<unknown>; want: unknown }[] = [
  { name: 'a cursor', ask: (reader) => reader.resolve(10), want: 10 },
  { name: 'lines from a cursor', ask: (reader) => reader.read(8, 1 << 16), want: { from: 8, count: 2 } },
  { name: 'the end', ask: (reader) => reader.resolve('end'), want: 10 },
  { name: 'the last lines', ask: (reader) => reader.resolve(-2), want: 8 },
]

describe.each(['head', 'same'] as const)('a ledger that cannot be opened, %s', (secondSync) => {
  it.each(asks)('refuses $name, and gives it afterwards', async ({ ask, want }) => {
    await tenLines(secondSync)
    // Longer than it was: it has to be recovered before anything is known.
    fs.appendFileSync(at.file, '{"torn')
    engine = at.open({ secondSync })
    failOpenings()
    const reader = await engine.reader(ledger)
    await expect(ask(reader)).rejects.toMatchObject({ code: 'LEDGER_STOPPED', details: { reason: 'opening-failed' } })
    vi.restoreAllMocks()
    const answer = await ask(reader)
    if (typeof want === 'number') expect(answer).toBe(want)
    else expect(answer).toMatchObject(want as object)
    await expect(reader.resolve(11)).rejects.toMatchObject({ code: 'CURSOR_AHEAD', details: { cursor: 11, size: 10 } })
  })
})

describe('above a head record that trails', () => {
  it.each(asks)('a ledger in doubt refuses $name, and gives what lies below', async ({ ask }) => {
    await tenLines('same')
    fs.appendFileSync(at.file, '{"a": 1}\n')
    engine = at.open({ secondSync: 'same' })
    const reader = await engine.reader(ledger)
    await expect(ask(reader)).rejects.toMatchObject({ code: 'LEDGER_STOPPED', details: { reason: 'tail-in-doubt' } })
    expect(await reader.resolve(6)).toBe(6)
    expect(await reader.read(0, 1 << 16)).toMatchObject({ from: 0, count: 6 })
  })
})
