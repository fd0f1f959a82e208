// Checks the lines from one on to the end, each by itself: what can be said of a part of a file without the rest. Its
// report says which lines they were, and that tree, invariants and identities need all of them.
import { LineSplitter } from '@ledgerd/canonical'
import { FindingLog } from './finding-log.ts'
import { LineChecks } from './line-checks.ts'
import type { VerifyReport } from './report.ts'
import { needsAllLines, summarize } from './summarize.ts'
import type { VerifyOptions } from './verify-ledger.ts'

export interface VerifyFromOptions
  extends Pick<
    VerifyOptions,
    'target' | 'ledger' | 'schema' | 'level' | 'isStrict' | 'adoption' | 'hasGrown' | 'onProgress' | 'signal'
  > {
  /** The bytes from the start of the first line to be looked at. Views may be reused after the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Where they begin in the file; lines count from 1. */
  readonly from: { readonly line: number; readonly offset: number }
  /** How much of the file was acknowledged, if that is known. */
  readonly acknowledgedBytes?: number | undefined
  /** How much of the file lies behind `chunks` and is not looked at. */
  readonly bytesBehind?: number
}

const lineBytesMax = 16 << 20
const findingsMax = 10_000

/** Verifies the lines from `from` on. Rejects only with what `chunks` reject with. */
export async function verifyFrom(options: VerifyFromOptions): Promise<VerifyReport> {
  const { schema, ledger, from, signal, onProgress, acknowledgedBytes, bytesBehind = 0 } = options
  const log = new FindingLog({ adoption: options.adoption, findingsMax })
  const checks = new LineChecks({ schema, ledger, level: 'lines', log, lineBytesMax, acknowledgedBytes })
  const splitter = new LineSplitter({ lineBytesMax })
  let lines = 0
  let bytes = 0
  let isWhole = true
  for await (const chunk of options.chunks) {
    if (signal?.aborted) {
      isWhole = false
      break
    }
    bytes += chunk.length
    for (const line of splitter.push(chunk))
      checks.check({ ...line, offset: from.offset + line.offset }, from.line + lines++)
    onProgress?.({ bytes, lines })
  }
  const last = isWhole ? splitter.end() : undefined
  let uncheckedBytes = 0
  if (last !== undefined) {
    const placed = { ...last, offset: from.offset + last.offset }
    if ((await options.hasGrown?.()) === true) uncheckedBytes = last.bytes.length
    else if (checks.checkLast(placed, from.line + lines) !== 'torn') lines++
  }
  return summarize({
    target: options.target,
    ledger,
    schema: `${schema.name} ${schema.version}`,
    level: options.level ?? 'lines',
    isStrict: options.isStrict ?? false,
    isWhole,
    fromLine: from.line,
    lines,
    bytes: bytes - uncheckedBytes,
    root: null,
    checks,
    evidence: [],
    tree: needsAllLines,
    artifacts: needsAllLines,
    uncheckedBytes: from.offset + uncheckedBytes + bytesBehind,
    bytesBehind: uncheckedBytes + bytesBehind,
    summary: log.finish(false),
  })
}
