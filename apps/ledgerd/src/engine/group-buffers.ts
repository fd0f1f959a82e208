// The buffers that groups are sealed into. One that nobody holds any more is used again: allocating a fresh one for every
// commit makes the runtime collect its old space for nothing (a third of the daemon's time at 256 appends in flight).

const keptMax = 4
const keptBytesMax = 1 << 20
const bytesStep = 16 << 10

export class GroupBuffers {
  readonly #free: Buffer[] = []

  /** A buffer of at least this length, with anything in it. */
  take(bytes: number): Buffer {
    const at = this.#free.findIndex((buffer) => buffer.length >= bytes)
    if (at >= 0) return this.#free.splice(at, 1)[0] as Buffer
    return Buffer.allocUnsafeSlow(Math.ceil(bytes / bytesStep) * bytesStep)
  }

  /** The caller and everyone it gave the bytes to are done with them. */
  giveBack(buffer: Buffer): void {
    if (buffer.length === 0 || buffer.length > keptBytesMax) return
    if (this.#free.length === keptMax) this.#free.shift()
    this.#free.push(buffer)
  }
}
