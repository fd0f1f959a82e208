// An ext4 on a disk that keeps a diary of what reached it and can be told to fail: the other side of block-device.c.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { MountedDisk } from './mounted-disk.ts'
import { compile } from './native.ts'

const sizeMb = 160
const lookMs = 10
const patienceMs = 10_000

/** No disk outlives the suite that serves it. */
const served = new Set<BlockDevice>()
const removeAll = (): void => {
  for (const device of served) device.remove()
}
afterAll(removeAll)
process.on('exit', removeAll)

export class BlockDevice {
  readonly disk: MountedDisk
  readonly log: string
  readonly #root: string
  readonly #server: ChildProcess

  /** Serves the disk, formats it and mounts it. */
  constructor() {
    this.#root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-block-'))
    this.log = path.join(this.#root, 'log')
    fs.mkdirSync(this.#mountPoint)
    const args = [this.#mountPoint, String(sizeMb), this.log]
    this.#server = spawn(compile('block-device'), args, { stdio: 'ignore' })
    served.add(this)
    const image = path.join(this.#mountPoint, 'disk')
    waitFor(() => fs.existsSync(image))
    this.disk = MountedDisk.make({ kind: 'ext4', image })
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
    this.disk?.remove()
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
    const kind = bytes.readBigUInt64LE(at) === 0n ? 'write' : 'flush'
    const offset = Number(bytes.readBigUInt64LE(at + 8))
    const from = at + headerBytes
    at = from + Number(bytes.readBigUInt64LE(at + 16))
    entries.push({ endsAt: at, kind, offset, data: bytes.subarray(from, at) })
  }
  return entries
}

/** A disk of the same size with these writes on it. */
export function buildImage(file: string, writes: Iterable<Pick<DiaryEntry, 'offset' | 'data'>>): void {
  const fd = fs.openSync(file, 'w', 0o600)
  try {
    fs.ftruncateSync(fd, sizeMb * 2 ** 20)
    for (const { offset, data } of writes) fs.writeSync(fd, data, 0, data.length, offset)
  } finally {
    fs.closeSync(fd)
  }
}
