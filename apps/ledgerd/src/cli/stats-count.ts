// Counts the lines of one ledger as they come by, in bounded memory. It judges nothing: what a line is worth is the
// business of `verify`.
import { createHash } from 'node:crypto'
import { isBlank } from '@ledgerd/canonical'
import { leafHash, TreeEdge } from '@ledgerd/proof'
import type { LedgerSchema, LineChecker } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import type { Counted } from './stats-document.ts'

/** The ledger hash of kernel-runs, line by line. */
interface EntryHasher {
  addLine(line: Uint8Array): void
  digest(): string
}

/** Makes a count for lines of this schema; kernel-runs brings its hasher. */
export async function openCount(ledger: string, schema: LedgerSchema): Promise<LineCount> {
  if (schema.family !== 'kernel-runs') return new LineCount(ledger, schema, undefined)
  return new LineCount(ledger, schema, new (await import('@ledgerd/schema-kernel-runs')).LedgerHasher())
}

export class LineCount {
  readonly #schema: LedgerSchema
  readonly #checker: LineChecker
  readonly #hash = createHash('sha256')
  readonly #edge = new TreeEdge()
  readonly #types = new Map<string, number>()
  readonly #variants = new Map<string, number>()
  /** Undefined for other families, and once a line has no canonical text. */
  #entries: EntryHasher | undefined
  #blankLines = 0
  #untyped = 0
  #bytes = 0
  #earliestMs = Number.POSITIVE_INFINITY
  #latestMs = Number.NEGATIVE_INFINITY

  constructor(ledger: string, schema: LedgerSchema, entries: EntryHasher | undefined) {
    this.#schema = schema
    this.#checker = schema.openChecker({ ledger, level: 'lines' })
    this.#entries = entries
  }

  get lines(): number {
    return this.#edge.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** 64 hex digits, over the lines so far. */
  get rootHex(): string {
    return Buffer.from(this.#edge.root()).toString('hex')
  }

  /** Takes the next line, without LF. */
  take(line: Uint8Array): void {
    const place = { line: this.lines + 1, offset: this.#bytes }
    this.#hash.update(line).update('\n')
    this.#edge.append(leafHash(line))
    this.#bytes += line.length + 1
    if (isBlank(line)) this.#blankLines++
    else this.#takeRecord(line, place)
  }

  /** What was counted. Call it once, at the end. */
  result(): Counted {
    return {
      lines: this.lines,
      blankLines: this.#blankLines,
      bytes: this.#bytes,
      sha256: `sha256:${this.#hash.digest('hex')}`,
      root: `sha256:${this.rootHex}`,
      types: Object.fromEntries([...this.#types].toSorted()),
      untyped: this.#untyped,
      variants: Object.fromEntries([...this.#variants].toSorted()),
      earliest: timeText(this.#earliestMs),
      latest: timeText(this.#latestMs),
      ledgerHash: this.#entries?.digest() ?? null,
    }
  }

  #takeRecord(line: Uint8Array, place: { readonly line: number; readonly offset: number }): void {
    const { variant } = this.#checker.check(line, place)
    if (variant !== undefined) add(this.#variants, variant)
    const type = this.#schema.routeOf(line)?.type
    if (type === undefined) this.#untyped++
    else add(this.#types, type)
    const timeMs = this.#schema.timeMsOf(line)
    if (timeMs !== undefined) {
      this.#earliestMs = Math.min(this.#earliestMs, timeMs)
      this.#latestMs = Math.max(this.#latestMs, timeMs)
    }
    try {
      this.#entries?.addLine(line)
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      // A line that is no entry: the specification then has no hash of the ledger.
      this.#entries = undefined
    }
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function timeText(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}
