// Checks the last line alone: what a start-up check can afford at any file size. Says that it is partial.
import { LineSplitter } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import { FindingLog } from './finding-log.ts'
import { LineChecks } from './line-checks.ts'
import type { VerifyReport } from './report.ts'
import type { Adoption } from './sidecar.ts'
import { summarize } from './summarize.ts'

export interface VerifyTailOptions {
  /** From the first byte of the last line that is not blank to the end of the file. */
  readonly bytes: Uint8Array
  /** Where in the file they begin. */
  readonly offset: number
  readonly target: string
  readonly ledger: string
  readonly schema: LedgerSchema
  readonly isStrict?: boolean
  readonly adoption?: Adoption
  /** How much of the file was acknowledged, if that is known. */
  readonly acknowledgedBytes?: number | undefined
  /** How much of the file lies behind `bytes` and is not looked at. */
  readonly bytesBehind?: number
}

const findingsMax = 10_000

/** Verifies the last line. Its findings carry line 0: how many lines come before it was not counted. */
export function verifyTail(options: VerifyTailOptions): VerifyReport {
  const { schema, ledger, bytes, offset, acknowledgedBytes, bytesBehind = 0 } = options
  const log = new FindingLog({ adoption: options.adoption, findingsMax })
  const lineBytesMax = Math.max(1, bytes.length)
  const checks = new LineChecks({ schema, ledger, level: 'lines', log, lineBytesMax, acknowledgedBytes })
  const splitter = new LineSplitter({ lineBytesMax })
  for (const line of splitter.push(bytes)) checks.check({ ...line, offset: offset + line.offset }, 0)
  const last = splitter.end()
  if (last !== undefined) checks.checkLast({ ...last, offset: offset + last.offset }, 0)
  return summarize({
    target: options.target,
    ledger,
    schema: `${schema.name} ${schema.version}`,
    level: 'tail',
    isStrict: options.isStrict ?? false,
    isWhole: true,
    lines: null,
    bytes: bytes.length,
    root: null,
    checks,
    evidence: [],
    tree: { state: 'not-checked', detail: 'not asked for' },
    artifacts: { state: 'not-checked', detail: 'not asked for' },
    uncheckedBytes: offset + bytesBehind,
    bytesBehind,
    summary: log.finish(false),
  })
}
