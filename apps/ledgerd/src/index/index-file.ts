// The derived index on disk: `lines` holds one record a line, `lines.seal` says how many of them are to be believed, by a
// hash over them. Written behind the commits and never synced: what does not fit is rebuilt from the JSONL.
import { createHash, type Hash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { TreeEdge } from '@ledgerd/proof'
import { isDiskFull, StopSignal } from '../storage/stop-signal.ts'
import type { Fingerprint } from './identity-table.ts'
import { LineIndex } from './line-index.ts'
import { leafBytes, readPrint, recordBytes, recordEnd } from './line-record.ts'

interface Seal {
  readonly v: 1
  readonly seed: readonly [number, number]
  /** Which schema recognised the identities; absent in seals of earlier versions, which knew one. */
  readonly reader?: string
  readonly count: number
  readonly recordsHash: string
  /** Peaks of the tree at `count`, hex, largest first. */
  readonly peaks: readonly string[]
}

const readRecords = 1 << 16

export class IndexFile {
  readonly #folder: string
  readonly #fd: number
  readonly #hash: Hash
  readonly #reader: string
  /** Records on disk; owned by `flush`. */
  #count: number
  #hasFailed = false

  private constructor(folder: string, fd: number, hash: Hash, reader: string, count: number) {
    this.#folder = folder
    this.#fd = fd
    this.#hash = hash
    this.#reader = reader
    this.#count = count
  }

  /**
   * Loads what can be believed of the sidecar, up to `countMax` lines; an empty index with a fresh seed otherwise. `reader`
   * names what recognises identities: records made by another are not believed.
   */
  static load(
    sidecar: string,
    countMax: number,
    newSeed: () => Fingerprint,
    reader: string,
  ): { file: IndexFile; index: LineIndex } {
    const fd = fs.openSync(path.join(sidecar, 'lines'), fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600)
    const seal = readSeal(sidecar)
    const isFull = seal !== undefined && fs.fstatSync(fd).size >= seal.count * recordBytes
    if (isFull && seal.count <= countMax && (seal.reader ?? reader) === reader) {
      const hash = createHash('sha256')
      const edge = new TreeEdge(
        seal.count,
        seal.peaks.map((peak) => Buffer.from(peak, 'hex')),
      )
      const index = new LineIndex({ high: seal.seed[0], low: seal.seed[1] }, seal.count, edge)
      if (readInto(fd, seal.count, hash, index) && hash.copy().digest('hex') === seal.recordsHash) {
        cutBack(fd, seal.count * recordBytes)
        return { file: new IndexFile(sidecar, fd, hash, reader, seal.count), index }
      }
    }
    cutBack(fd, 0)
    return { file: new IndexFile(sidecar, fd, createHash('sha256'), reader, 0), index: new LineIndex(newSeed()) }
  }

  get count(): number {
    return this.#count
  }

  /**
   * Appends records (whole ones) and seals them with the peaks of the tree right behind them. Throws what the disk said, once:
   * nothing is written after a failure, for it would stand in the wrong place. The next open makes up for it.
   */
  flush(records: Uint8Array, peaks: readonly Uint8Array[], seed: Fingerprint): void {
    if (records.length === 0 || this.#hasFailed) return
    this.#hasFailed = true
    const written = fs.writeSync(this.#fd, records, 0, records.length, this.#count * recordBytes)
    if (written !== records.length)
      throw new StopSignal('disk-full', `${written} of ${records.length} bytes of the index were written`)
    this.#hash.update(records)
    this.#count += records.length / recordBytes
    const seal: Seal = {
      v: 1,
      seed: [seed.high, seed.low],
      reader: this.#reader,
      count: this.#count,
      recordsHash: this.#hash.copy().digest('hex'),
      peaks: peaks.map((peak) => Buffer.from(peak).toString('hex')),
    }
    const file = path.join(this.#folder, 'lines.seal')
    fs.writeFileSync(`${file}.new`, JSON.stringify(seal), { mode: 0o600 })
    fs.renameSync(`${file}.new`, file)
    this.#hasFailed = false
  }

  /** Leaf hashes of `count` lines from `from`, 32 bytes each; fewer when fewer are on disk. */
  leaves(from: number, count: number): Buffer {
    const there = Math.max(0, Math.min(count, this.#count - from))
    const records = Buffer.allocUnsafe(there * recordBytes)
    fs.readSync(this.#fd, records, 0, records.length, from * recordBytes)
    const leaves = Buffer.allocUnsafe(there * leafBytes)
    for (let at = 0; at < there; at++)
      records.copy(leaves, at * leafBytes, at * recordBytes, at * recordBytes + leafBytes)
    return leaves
  }

  /** Where line `seq - 1` ends, so where line `seq` begins. The records before it are on disk. */
  endOf(seq: number): number {
    if (seq === 0) return 0
    const record = Buffer.allocUnsafe(recordBytes)
    fs.readSync(this.#fd, record, 0, recordBytes, (seq - 1) * recordBytes)
    return recordEnd(record, 0)
  }

  close(): void {
    fs.closeSync(this.#fd)
  }
}

/** What lies behind is not believed, so it may stay where the disk has no room to cut: btrfs needs some, even for nothing. */
function cutBack(fd: number, length: number): void {
  try {
    fs.ftruncateSync(fd, length)
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

/** The seal, if it is one: it was written without a sync, so anything may stand there. */
function readSeal(sidecar: string): Seal | undefined {
  try {
    const seal = JSON.parse(fs.readFileSync(path.join(sidecar, 'lines.seal'), 'utf8')) as Partial<Seal> | null
    return seal?.v === 1 && isSeal(seal) ? seal : undefined
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isSeal(seal: Partial<Seal>): seal is Seal {
  const { seed, count, peaks } = seal
  return (
    isSize(count) &&
    Array.isArray(seed) &&
    seed.length === 2 &&
    seed.every((half) => isSize(half) && half < 2 ** 32) &&
    Array.isArray(peaks) &&
    peaks.length === subtreesOf(count) &&
    peaks.every((peak) => typeof peak === 'string' && /^[0-9a-f]{64}$/.test(peak))
  )
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Full subtrees of a tree of `count` leaves: the ones in its binary form. */
function subtreesOf(count: number): number {
  return count.toString(2).replaceAll('0', '').length
}

/** Feeds the records into the index and the hash; false when there are too few. */
function readInto(fd: number, count: number, hash: Hash, index: LineIndex): boolean {
  const window = Buffer.allocUnsafe(Math.min(readRecords, count) * recordBytes)
  const print: Fingerprint = { high: 0, low: 0 }
  for (let from = 0; from < count; from += readRecords) {
    const wanted = Math.min(readRecords, count - from) * recordBytes
    if (fs.readSync(fd, window, 0, wanted, from * recordBytes) !== wanted) return false
    hash.update(window.subarray(0, wanted))
    for (let at = 0; at < wanted; at += recordBytes) {
      readPrint(window, at, print)
      index.add(recordEnd(window, at), print.high === 0 && print.low === 0 ? undefined : print)
    }
  }
  return true
}
