// Recovery above a head record that trails: what was acknowledged since it was synced is told from a torn group, or the ledger
// stops.
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { append, draft, drafts, type Harness, harness, idsInFile, ledger } from '../../test/engine-harness.ts'
import { defaultLimits } from '../config.ts'
import type { Engine } from '../engine/ports.ts'

let at: Harness
let engine: Engine | undefined

beforeEach(() => {
  at = harness()
})
afterEach(async () => {
  await engine?.close()
  engine = undefined
  at.remove()
})

const idsUpTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n)

/** A sealed line that this ledger never acknowledged: what a group written but not confirmed leaves behind. */
async function unconfirmedLines(from: number, to: number): Promise<Buffer> {
  const other = harness()
  const writer = other.open()
  await append(writer, drafts(from, to))
  await writer.close()
  const bytes = fs.readFileSync(other.file)
  other.remove()
  return bytes
}

describe('above a head record that trails', () => {
  /** Ten acknowledged lines of which the head record knows six, or none: the disk never got a later one. */
  async function trailing(known: 6 | 0 = 6): Promise<{ six: number; bytes: Buffer }> {
    const head = path.join(at.sidecar, 'head')
    let writer = at.open({ secondSync: 'same' })
    let durable: Uint8Array | undefined
    if (known === 6) {
      await append(writer, drafts(0, 6))
      await writer.close()
      durable = fs.readFileSync(head)
      writer = at.open({ secondSync: 'same' })
    } else await append(writer, drafts(0, 6))
    const six = fs.statSync(at.file).size
    await append(writer, drafts(6, 10))
    await writer.close()
    if (durable === undefined) fs.rmSync(head)
    else fs.writeFileSync(head, durable)
    const bytes = fs.readFileSync(at.file)
    return { six, bytes }
  }

  const kept: { name: string; torn: (next: Buffer) => Buffer; lines: number }[] = [
    { name: 'the last group whole', torn: (next) => next, lines: 12 },
    { name: 'the last group gone', torn: () => Buffer.alloc(0), lines: 10 },
    { name: 'the last group torn', torn: (next) => next.subarray(0, -40), lines: 11 },
    { name: 'the last group zeros', torn: (next) => Buffer.alloc(next.length), lines: 10 },
    { name: 'the end of the last group zeros', torn: (next) => Buffer.from(next).fill(0, 100), lines: 10 },
  ]
  const openers = ['same', 'head', 'none'] as const
  for (const secondSync of openers)
    it.each(kept)(`keeps every acknowledged line, opened with ${secondSync}: $name`, async ({ torn, lines }) => {
      const { bytes } = await trailing()
      fs.appendFileSync(at.file, torn(await unconfirmedLines(10, 12)))
      engine = at.open({ secondSync })
      const again = await append(engine, drafts(0, 10))
      expect(again).toMatchObject({ outcomes: idsUpTo(10).map((seq) => ({ seq, isDuplicate: true })) })
      expect(idsInFile(at.file)).toEqual(idsUpTo(lines))
      expect(fs.readFileSync(at.file).subarray(0, bytes.length).equals(bytes)).toBe(true)
    })

  it('keeps them without any head record', async () => {
    await trailing(0)
    engine = at.open({ secondSync: 'same' })
    expect(await append(engine, [draft(10)])).toMatchObject({ seq: 10 })
    expect(idsInFile(at.file)).toEqual(idsUpTo(11))
  })

  const doubts: { name: string; damage: (bytes: Buffer, six: number) => Buffer }[] = [
    { name: 'a changed letter', damage: (bytes, six) => flip(bytes, bytes.indexOf('Voss', six)) },
    { name: 'a changed letter of the last line', damage: (bytes) => flip(bytes, bytes.lastIndexOf('Voss')) },
    { name: 'zeros, with lines behind', damage: (bytes, six) => Buffer.from(bytes).fill(0, six + 10, six + 90) },
    { name: 'a line of another writer', damage: (bytes) => Buffer.concat([bytes, Buffer.from('{"a": 1}\n')]) },
    {
      name: 'more than a group',
      damage: (bytes) => Buffer.concat([bytes, Buffer.alloc(defaultLimits.groupBytesMax + 1)]),
    },
  ]
  it.each(doubts)('stops and changes no byte where one may be among what is wrong: $name', async ({ damage }) => {
    const { bytes, six } = await trailing()
    const damaged = damage(bytes, six)
    fs.writeFileSync(at.file, damaged)
    await expect(append(reopen(), [draft(20)])).rejects.toMatchObject({
      code: 'LEDGER_STOPPED',
      details: { reason: 'tail-in-doubt' },
    })
    expect(fs.readFileSync(at.file).equals(damaged)).toBe(true)
  })

  it('goes by the rule for one that does not trail once another epoch began', async () => {
    const { bytes } = await trailing()
    const writer = at.open()
    await writer.stat(ledger)
    await writer.close()
    fs.appendFileSync(at.file, '{"a": 1}\n')
    expect(await append(reopen(), [draft(10)])).toMatchObject({ seq: 10 })
    expect(fs.readFileSync(at.file).subarray(0, bytes.length).equals(bytes)).toBe(true)
  })
})

function reopen(): Engine {
  engine = at.open()
  return engine
}

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] as number) ^ 1
  return changed
}
