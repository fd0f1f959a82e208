// The ceiling: append and fdatasync of finished lines, in the load process itself, without sockets, schema, checksums or
// receipts. Whatever waits when a sync is done shares the next one; alone that is one append and one fdatasync.
import { closeSync, constants, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Appender, closedLoop } from '../closed-loop.ts'
import { type Contender, startFolder } from '../contender.ts'
import { isBenchLine } from '../recorded-events.ts'

export const bare: Contender = {
  name: 'bare',
  title: 'Ceiling: bare group commit in one process',
  sync: '1 sync',
  takes: () => true,
  start: async ({ scratch }) => startFolder(scratch, 'bare'),
  open: async (target, options) => {
    const lines = options.lines.filter(isBenchLine).map((line) => Buffer.concat([line, Buffer.from('\n')]))
    return closedLoop(new GroupCommit(join(target, 'world.jsonl'), lines), options)
  },
}

interface Waiting {
  readonly lineCount: number
  readonly resolve: () => void
}

class GroupCommit implements Appender {
  readonly #fd: number
  readonly #lines: readonly Buffer[]
  #waiting: Waiting[] = []
  #nextLine = 0

  constructor(path: string, lines: readonly Buffer[]) {
    this.#fd = openSync(path, constants.O_CREAT | constants.O_WRONLY | constants.O_APPEND, 0o600)
    this.#lines = lines
  }

  append(): Promise<void> {
    return this.#enqueue(1)
  }

  appendBatch(events: readonly unknown[]): Promise<void> {
    return this.#enqueue(events.length)
  }

  async close(): Promise<void> {
    closeSync(this.#fd)
  }

  #enqueue(lineCount: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#commit())
      this.#waiting.push({ lineCount, resolve })
    })
  }

  #commit(): void {
    const group = this.#waiting
    this.#waiting = []
    const lines: Buffer[] = []
    for (const { lineCount } of group) for (let count = 0; count < lineCount; count++) lines.push(this.#takeLine())
    writeSync(this.#fd, lines.length === 1 ? (lines[0] as Buffer) : Buffer.concat(lines))
    fdatasyncSync(this.#fd)
    for (const { resolve } of group) resolve()
  }

  #takeLine(): Buffer {
    const line = this.#lines[this.#nextLine] as Buffer
    this.#nextLine = (this.#nextLine + 1) % this.#lines.length
    return line
  }
}
