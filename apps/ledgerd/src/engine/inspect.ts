// What a ledger's file is on the day it comes: every line checked by its family, counted by variant. In slices, so that
// other ledgers are served meanwhile.
import { isBlank, LineSplitter } from '@ledgerd/canonical'
import type { Finding, LedgerSchema } from '@ledgerd/schema'
import { readRange } from '../storage/range.ts'
import type { LedgerStore } from '../storage/open-store.ts'

export interface Inspection {
  readonly lines: number
  readonly bytes: number
  /** RFC 6962 root over the lines, hex. */
  readonly root: string
  readonly variants: Readonly<Record<string, number>>
  /** The first `findingsMax`, in order. */
  readonly findings: readonly Finding[]
  readonly findingsTotal: number
}

const windowBytes = 256 << 10
const findingsMax = 1000

/** Checks the whole lines of the store's file; `signal` ends it early, and what it says then is for nobody. */
export async function inspect(
  ledger: string,
  schema: LedgerSchema,
  store: LedgerStore,
  signal: AbortSignal,
): Promise<Inspection> {
  const checker = schema.openChecker({ ledger, level: 'schema' })
  const splitter = new LineSplitter()
  const variants = new Map<string, number>()
  const findings: Finding[] = []
  let findingsTotal = 0
  let line = 0
  const note = (found: readonly Finding[]): void => {
    findingsTotal += found.length
    findings.push(...found.slice(0, findingsMax - findings.length))
  }
  for (let at = 0; at < store.bytes && !signal.aborted; ) {
    const window = await readRange(store.file.readFd, at, Math.min(windowBytes, store.bytes - at))
    if (window.length === 0) break
    at += window.length
    for (const { bytes, offset } of splitter.push(window)) {
      line++
      if (isBlank(bytes)) continue
      const verdict = checker.check(bytes, { line, offset })
      note(verdict.findings)
      if (verdict.variant !== undefined) variants.set(verdict.variant, (variants.get(verdict.variant) ?? 0) + 1)
    }
  }
  note(checker.finish())
  const root = Buffer.from(store.index.edge.root()).toString('hex')
  return { lines: line, bytes: store.bytes, root, variants: Object.fromEntries(variants), findings, findingsTotal }
}
