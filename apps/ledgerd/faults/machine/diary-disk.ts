// A disk that keeps a diary of what reached it and can be told to fail, as a file to read and write: the other side of
// block-device.c. From the diary it can be built again as it was at any time, without what was not flushed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { compile } from './native.ts'

const sizeMb = 160
const lookMs = 10
const patienceMs = 10_000

/** No disk outlives the suite that serves it. */
const served = new Set<DiaryDisk>()
const removeAll = (): void => {
  for (const disk of served) disk.remove()
}
afterAll(removeAll)
process.on('exit', removeAll)

export class DiaryDisk {
  /** The disk. */
  readonly file: string
  readonly log: string
  readonly #root: string
  readonly #server: ChildProcess

  /** Serves an empty one. */
  constructor() {
    this.#root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-block-'))
    this.log = path.join(this.#root, 'log')
    this.file = path.join(this.#mountPoint, 'disk')
    fs.mkdirSync(this.#mountPoint)
    const args = [this.#mountPoint, String(sizeMb), this.log]
    this.#server = spawn(compile('block-device'), args, { stdio: 'ignore' })
    served.add(this)
    waitFor(() => fs.existsSync(this.file))
  }

  /** From now on every write is refused with EIO. */
  fail(): void {
    fs.writeFileSync(path.join(this.#mountPoint, 'control'), 'fail')
  }

  work(): void {
    fs.writeFileSync(path.join(this.#mountPoint, 'control'), 'work')
  }

  remove(): void {
    if (!served.delete(this)) return
    spawnSync('fusermount3', ['-u', '-z', this.#mountPoint])
    this.#server.kill('SIGKILL')
    fs.rmSync(this.#root, { recursive: true, force: true })
  }

  get #mountPoint(): string {
    return path.join(this.#root, 'fuse')
  }
}

function waitFor(isThere: () => boolean): void {
  const untilMs = performance.now() + patienceMs
  while (!isThere()) {
    if (performance.now() > untilMs) throw new Error('the disk that keeps a diary did not come up')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookMs)
  }
}

/** One thing that reached the disk. */
export interface DiaryEntry {
  /** Bytes of the log behind this entry. */
  readonly endsAt: number
  readonly kind: 'write' | 'flush'
  readonly offset: number
  readonly data: Buffer
}

const headerBytes = 24

/** Everything that reached the disk so far, in order. */
export function readDiary(log: string): DiaryEntry[] {
  const bytes = fs.readFileSync(log)
  const entries: DiaryEntry[] = []
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const { kind, offset, endsAt } = headerAt(bytes, at)
    entries.push({ endsAt, kind, offset, data: bytes.subarray(at + headerBytes, endsAt) })
    at = endsAt
  }
  return entries
}

/** Resolves as soon as something is written that is not flushed, or when so much time has passed. */
export async function untilUnflushed(log: string, patienceMs: number): Promise<void> {
  const untilMs = performance.now() + patienceMs
  const header = Buffer.alloc(headerBytes)
  const fd = fs.openSync(log, 'r')
  try {
    let at = fs.fstatSync(fd).size
    for (let last: DiaryEntry['kind'] = 'flush'; last === 'flush' && performance.now() < untilMs; ) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      while (fs.readSync(fd, header, 0, headerBytes, at) === headerBytes) {
        const { kind, length } = headerAt(header, 0)
        last = kind
        at += headerBytes + length
      }
    }
  } finally {
    fs.closeSync(fd)
  }
}

function headerAt(bytes: Buffer, at: number): Omit<DiaryEntry, 'data'> & { readonly length: number } {
  const kind = bytes.readBigUInt64LE(at) === 0n ? 'write' : 'flush'
  const length = Number(bytes.readBigUInt64LE(at + 16))
  return { kind, offset: Number(bytes.readBigUInt64LE(at + 8)), length, endsAt: at + headerBytes + length }
}

/** A disk of the same size with these writes on it, or with none: an empty one. */
export function buildImage(file: string, writes: Iterable<Pick<DiaryEntry, 'offset' | 'data'>>): void {
  const fd = fs.openSync(file, 'w', 0o600)
  try {
    fs.ftruncateSync(fd, sizeMb * 2 ** 20)
    for (const { offset, data } of writes) fs.writeSync(fd, data, 0, data.length, offset)
  } finally {
    fs.closeSync(fd)
  }
}
