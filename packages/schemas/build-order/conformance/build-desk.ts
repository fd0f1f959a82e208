// For tests: the fixtures, the current orderings behind them, and drafts sealed and checked in one call each.
import { readFileSync } from 'node:fs'
import { LedgerError } from '@ledgerd/schema'
import type { Draft, LineVerdict } from '@ledgerd/schema'
import { buildOrder } from '../src/build-order.ts'
import { digestLines, digestRows } from '../src/ordering-hasher.ts'
import type { OrderingDigest } from '../src/ordering-hasher.ts'
import type { OrderingLedger } from '../src/ordering-ledger.ts'

export function readVector(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../vectors/${path}`, import.meta.url)))
}

export function readJsonVector<Value>(path: string): Value {
  return JSON.parse(new TextDecoder().decode(readVector(path))) as Value
}

export interface ArtifactRows {
  readonly arts: Readonly<Record<string, Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>>>
  readonly vocab: Readonly<Record<string, readonly string[]>>
}

export const artifactRows: ArtifactRows = readJsonVector('artifact_rows.json')

export const exportedLedger: OrderingLedger = readJsonVector('ordering_ledger.export.json')

/** What the rows and tokens of a mode hash to now; the vocabularies belong to mode code. */
export function currentArtifacts(mode: string): Record<string, OrderingDigest | null> {
  const rows = Object.entries(artifactRows.arts[mode] ?? {}).map(([name, list]) => [name, digestRows(list)] as const)
  const tokens = Object.entries(artifactRows.vocab).map(([name, list]) => [name, digestLines(list)] as const)
  return Object.fromEntries([...rows, ...(mode === 'code' ? tokens : [])])
}

export const ledger = 'builds/b-001'
export const timeMs: number = Date.UTC(2026, 10, 20, 17, 51, 42, 759)
const encoder = new TextEncoder()

/** The sealed line of a draft, without LF. Throws what admission throws. */
export function sealDraft(draft: Draft): Uint8Array {
  const writer = buildOrder.openWriter({ ledger })
  const id = draft.id ?? buildOrder.deriveEventId(ledger, JSON.stringify(draft))
  const admitted = writer.admit(encoder.encode(buildOrder.encodeDraft({ ...draft, id })))
  const target = new Uint8Array(admitted.lineBytesMax)
  return target.subarray(0, writer.seal(admitted, { seq: 0, timeMs }, target, 0) - 1)
}

/** The verdict about a line that stands behind another one. */
export function checkLine(line: Uint8Array): LineVerdict {
  return buildOrder.openChecker({ ledger }).check(line, { line: 2, offset: 300 })
}

export function errorOf(run: () => unknown): LedgerError {
  try {
    run()
  } catch (error) {
    if (error instanceof LedgerError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
