// Reads what strace saw of a real program (`-f -y -xx -s` large enough) as operations on one folder. Process ids may be
// padded, calls may be split into unfinished and resumed ones; what failed changed nothing and is passed over.
import type { TraceEvent } from './disk-op.ts'
import type { KeptReceipt } from './evidence.ts'

export interface StraceReading {
  readonly events: readonly TraceEvent[]
  /** Lines that held a call, of any kind. */
  readonly calls: number
}

export interface StraceSource {
  readonly lines: readonly string[]
  /** The folder, absolute. */
  readonly root: string
  /** Files that were there, by path below the folder, with their numbers and sizes. */
  readonly files: ReadonlyMap<string, { readonly ino: number; readonly size: number }>
  /** Receipts that clients got: each is told when a socket carries its leaf hash. */
  readonly receipts: readonly KeptReceipt[]
}

/** Reads a trace. */
export function readStrace(source: StraceSource): StraceReading {
  const reader = new Reader(source)
  const unfinished = new Map<string, string>()
  let calls = 0
  for (const line of source.lines) {
    const [, pid = '', text = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    if (text.endsWith('<unfinished ...>')) {
      unfinished.set(pid, text.slice(0, -'<unfinished ...>'.length).trimEnd())
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)
    const whole = resumed === null ? text : `${unfinished.get(pid) ?? ''}${resumed[1] ?? ''}`
    if (/^\w+\(/.test(whole)) calls++
    reader.take(whole)
  }
  return { events: reader.events, calls }
}

class Reader {
  readonly events: TraceEvent[] = []
  readonly #root: string
  readonly #inos: Map<string, number> = new Map()
  readonly #sizes: Map<number, number> = new Map()
  readonly #isDurable: Map<string, boolean> = new Map()
  readonly #untold: Set<KeptReceipt>
  #lastIno = 1_000_000

  constructor({ root, files, receipts }: StraceSource) {
    this.#root = root
    this.#untold = new Set(receipts)
    for (const [name, { ino, size }] of files) {
      this.#inos.set(name, ino)
      this.#sizes.set(ino, size)
    }
  }

  take(call: string): void {
    const name = /^\w+/.exec(call)?.[0] ?? ''
    const result = /\)\s+= (-?\d+)[^)]*$/.exec(call)?.[1]
    if (result === undefined || result.startsWith('-')) return
    const onDescriptor = /^\w+\((\d+)<([^>]*)>/.exec(call)
    if (name === 'openat') this.#open(call, result)
    else if (name === 'mkdir' || name === 'rename' || name === 'unlink' || name === 'rmdir' || name === 'unlinkat')
      this.#names(
        name,
        [...call.matchAll(/"([^"]*)"/g)].map(([, path = '']) => this.#below(path)),
      )
    else if (onDescriptor !== null)
      this.#onDescriptor(name, call, onDescriptor[1] ?? '', onDescriptor[2] ?? '', Number(result))
  }

  #open(call: string, fd: string): void {
    const [, path = '', flags = ''] = /^openat\([^"]*"([^"]*)", ([A-Z_|]+)/.exec(call) ?? []
    const name = this.#below(path)
    this.#isDurable.set(fd, flags.includes('O_DSYNC'))
    if (name === undefined) return
    const known = this.#inos.get(name)
    if (known === undefined && flags.includes('O_CREAT')) {
      const ino = ++this.#lastIno
      this.#inos.set(name, ino)
      this.#sizes.set(ino, 0)
      this.events.push({ kind: 'create', path: name, ino })
    } else if (known !== undefined && flags.includes('O_TRUNC') && (this.#sizes.get(known) ?? 0) > 0)
      this.#truncate(known, 0)
  }

  #names(call: string, [first, second]: readonly (string | undefined)[]): void {
    if (first === undefined) return
    if (call === 'mkdir') this.events.push({ kind: 'make-folder', path: first })
    else if (call === 'rename' && second !== undefined) {
      const ino = this.#inos.get(first)
      this.#inos.delete(first)
      if (ino !== undefined) this.#inos.set(second, ino)
      this.events.push({ kind: 'rename', from: first, to: second })
    } else if (call !== 'rename') {
      this.#inos.delete(first)
      this.events.push({ kind: 'remove', path: first })
    }
  }

  #onDescriptor(name: string, call: string, fd: string, place: string, result: number): void {
    const path = this.#below(place)
    if (path === undefined) {
      if (name.startsWith('write') || name.startsWith('send')) this.#tell(call)
      return
    }
    const ino = this.#inos.get(path)
    if (name === 'fsync' || name === 'fdatasync')
      this.events.push(ino === undefined ? { kind: 'sync-folder', path } : { kind: 'sync', ino })
    if (ino === undefined) return
    if (name === 'ftruncate') this.#truncate(ino, Number(/, (\d+)\)/.exec(call)?.[1]))
    if (name !== 'write' && name !== 'pwrite64') return
    const [, hex = ''] = /"([^"]*)"/.exec(call.slice(call.indexOf('>'))) ?? []
    const bytes = Buffer.from(bytesOf(hex).subarray(0, result))
    const size = this.#sizes.get(ino) ?? 0
    const at = name === 'pwrite64' ? Number(/, (\d+)\)\s+= \d+$/.exec(call.trimEnd())?.[1]) : size
    this.#sizes.set(ino, Math.max(size, at + bytes.length))
    this.events.push({ kind: 'write', ino, at, bytes, isDurable: this.#isDurable.get(fd) === true })
  }

  #truncate(ino: number, length: number): void {
    if (this.#sizes.get(ino) === length) return
    this.#sizes.set(ino, length)
    this.events.push({ kind: 'truncate', ino, length })
  }

  /** A write into a socket: receipts whose leaf hash it carries are told. */
  #tell(call: string): void {
    const text = [...call.matchAll(/"([^"]*)"/g)].map(([, hex = '']) => bytesOf(hex).toString('latin1')).join('')
    for (const receipt of this.#untold) {
      if (!text.includes(receipt.leafHash.replace('sha256:', ''))) continue
      this.#untold.delete(receipt)
      this.events.push({ kind: 'receipt', receipt })
    }
  }

  #below(hex: string): string | undefined {
    const path = bytesOf(hex).toString()
    if (path === this.#root) return ''
    return path.startsWith(`${this.#root}/`) ? path.slice(this.#root.length + 1) : undefined
  }
}

/** The bytes of a string in strace's hexadecimal form; others are taken as they stand. */
function bytesOf(text: string): Buffer {
  return text.startsWith('\\x') ? Buffer.from(text.replaceAll('\\x', ''), 'hex') : Buffer.from(text, 'latin1')
}
