// Stored lines through a new schema, upcasters included: the facts that settle what no proof can (schema-packages §5).
// Memory does not grow with the ledger: counts, and the first lines that fail.
import { LedgerError } from '@ledgerd/schema'
import type { LedgerSchema } from '@ledgerd/schema'
import type { FrozenSchema } from '../frozen/freeze-schema.ts'
import type { PayloadReader } from '../search/reading.ts'
import { openReader } from '../search/reading.ts'
import { freezeSchema } from '../frozen/freeze-schema.ts'

/** Takes the leaves of a ledger in order; from outside, for this package knows no trees. */
export interface RootHasher {
  append(line: Uint8Array): void
  /** Lower-case hex. */
  root(): string
}

export interface FailedLine {
  readonly seq: number
  /** Byte offset of the line. */
  readonly offset: number
  readonly type: string | undefined
  readonly version: number | undefined
  /** Into the payload. */
  readonly path: string
  readonly message: string
}

/** What one ledger showed; with its size and root, so that the same can be run again. */
export interface ReplayEvidence {
  readonly ledger: string
  readonly lines: number
  readonly bytes: number
  readonly root: string
  readonly failed: number
  /** The first of them. */
  readonly failures: readonly FailedLine[]
  /** Lines of types that neither side declares. */
  readonly undeclared: number
}

const failuresMax = 10

/** One ledger, line by line. */
export class ReplayRun {
  readonly #schema: LedgerSchema
  readonly #old: FrozenSchema
  readonly #next: FrozenSchema
  readonly #hasher: RootHasher
  readonly #readers = new Map<string, PayloadReader>()
  readonly #failures: FailedLine[] = []
  #lines = 0
  #failed = 0
  #undeclared = 0

  constructor(schema: LedgerSchema, old: FrozenSchema, hasher: RootHasher) {
    this.#schema = schema
    this.#old = old
    this.#next = freezeSchema(schema)
    this.#hasher = hasher
  }

  get lines(): number {
    return this.#lines
  }

  /** The next line, without LF, with the offset of its first byte. Never throws on content. */
  take(line: Uint8Array, offset: number): void {
    const seq = this.#lines++
    this.#hasher.append(line)
    let type: string | undefined
    let version: number | undefined
    try {
      const event = this.#schema.decode(line)
      type = event.type
      version = event.version
      if (!this.#isDeclared(type)) {
        this.#undeclared++
        return
      }
      const refusal = this.#reader(type, version)(event.data)
      if (refusal !== undefined)
        this.#fail({ seq, offset, type, version, path: refusal.path, message: refusal.message })
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      this.#fail({ seq, offset, type, version, path: '', message: error.message })
    }
  }

  /** The evidence of all lines so far; ask for it at the end only. */
  finish(ledger: string, bytes: number): ReplayEvidence {
    return {
      ledger,
      lines: this.#lines,
      bytes,
      root: this.#hasher.root(),
      failed: this.#failed,
      failures: this.#failures,
      undeclared: this.#undeclared,
    }
  }

  /** A type that only the old side had fails in the reader: the new one lost it. */
  #isDeclared(type: string): boolean {
    return Object.hasOwn(this.#next.events, type) || Object.hasOwn(this.#old.events, type)
  }

  #reader(type: string, version: number): PayloadReader {
    const key = `${version} ${type}`
    const known = this.#readers.get(key)
    if (known !== undefined) return known
    const { read } = openReader({ frozen: this.#next, events: this.#schema.events }, type, version)
    // A hostile ledger may name many versions; only those that are there are worth keeping.
    if (this.#next.events[type]?.[version - 1] !== undefined) this.#readers.set(key, read)
    return read
  }

  #fail(failure: FailedLine): void {
    this.#failed++
    if (this.#failures.length < failuresMax) this.#failures.push(failure)
  }
}
