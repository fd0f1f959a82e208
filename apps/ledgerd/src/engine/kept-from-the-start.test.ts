// A repair that keeps lines of a ledger of which nothing was committed: they are published from its first byte on.
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, drafts, type Harness, harness, idsInFile, ledger } from '../../test/engine-harness.ts'
import type { Engine } from './ports.ts'

let at: Harness
let engine: Engine | undefined
let putOff: (() => void)[]

beforeEach(() => {
  at = harness()
  putOff = []
})
afterEach(async () => {
  vi.restoreAllMocks()
  await engine?.close()
  engine = undefined
  at.remove()
})

const later = (_: number, task: () => void): (() => void) => {
  putOff.push(task)
  return () => void (putOff = putOff.filter((other) => other !== task))
}

/** The bytes of a ledger with so many lines. */
async function sealed(count: number): Promise<Buffer> {
  const other = harness()
  const writer = other.open()
  await append(writer, drafts(0, count))
  await writer.close()
  const bytes = fs.readFileSync(other.file)
  other.remove()
  return bytes
}

describe('lines kept where nothing was committed', () => {
  it('reach a follower when the only line of an adopted file had no line feed', async () => {
    const line = await sealed(1)
    fs.mkdirSync(path.dirname(at.file), { recursive: true })
    fs.writeFileSync(at.file, line.subarray(0, -1))
    engine = at.open({ later })
    const reader = await engine.reader(ledger)
    const seen: number[] = []
    reader.onCommitted(({ from, count }) => void seen.push(from, count))
    expect(await append(engine, drafts(1, 2))).toMatchObject({ seq: 1 })
    await expect.poll(() => seen.length).toBe(4)
    expect(idsInFile(at.file)).toEqual([0, 1])
  })

  it('reach a follower when the disk filled up in the first group', async () => {
    engine = at.open({ later })
    const real = fs.writeSync as (...call: unknown[]) => number
    // Of the first group all but the end is written, as when a disk is full.
    const failing = vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, bytes: unknown, ...rest: unknown[]) => {
      if (!(bytes instanceof Uint8Array) || !Buffer.from(bytes).includes('"event_id"')) return real(fd, bytes, ...rest)
      return real(fd, bytes, 0, bytes.length - 10)
    }) as typeof fs.writeSync)
    await expect(append(engine, drafts(0, 3))).rejects.toMatchObject({ code: 'BUSY', outcome: 'unknown' })
    failing.mockRestore()
    const reader = await engine.reader(ledger)
    const seen: number[] = []
    reader.onCommitted(({ from, count }) => void seen.push(from, count))
    for (const task of putOff.splice(0)) task()
    await expect.poll(() => engine?.stat(ledger)).toMatchObject({ state: 'open', size: 2 })
    await expect.poll(() => seen).toEqual([0, 2])
    expect(await append(engine, drafts(0, 3))).toMatchObject({ kind: 'mixed' })
    expect(idsInFile(at.file)).toEqual([0, 1, 2])
  })
})
