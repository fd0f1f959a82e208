// What the original checker prints, from a validation of ours: its strings, its lists, its silence about counts, null
// hashes, unrecorded artifacts and missing ledgers (formats §4.4). One thing is not copied: where the original falls back
// to another stage and names that one, this names the stage that was wanted.
import type { OrderingFinding } from './ordering-finding.ts'
import type { OrderingValidation } from './validate.ts'

export interface LegacyDrift {
  readonly stage: string
  readonly mode: string | null
  readonly artifact: string
  readonly rule: string | null
  readonly expectedHash: string | null
  readonly actualHash: string | null
  readonly source: 'hash-mismatch' | 'missing-artifact'
}

export interface LegacyReport {
  readonly report: {
    readonly issues: readonly string[]
    readonly warnings: readonly string[]
    readonly hints: readonly string[]
    readonly orderingDrift: readonly LegacyDrift[]
  }
  readonly modeReport: {
    readonly ok: boolean
    readonly missing: readonly string[]
    readonly warnings: readonly string[]
  }
}

const hint = 'Rebuild ordering ledger by re-running index build.'

/** The report and mode report of the original for one mode. */
export function legacyReport({ findings }: OrderingValidation, mode: string): LegacyReport {
  const report = { issues: [] as string[], warnings: [] as string[], orderingDrift: [] as LegacyDrift[] }
  const modeReport = { missing: [] as string[], warnings: [] as string[] }
  for (const finding of findings.filter(isOrderingFinding)) {
    const drift = driftOf(finding)
    const text = textOf(finding, mode, drift)
    if (text === undefined) continue
    if (drift !== undefined) report.orderingDrift.push(drift)
    if (finding.severity === 'E') {
      report.issues.push(text.long)
      modeReport.missing.push(text.missing)
    } else {
      report.warnings.push(text.long)
      modeReport.warnings.push(text.short)
    }
  }
  const { orderingDrift } = report
  return {
    report: { ...report, hints: orderingDrift.length > 0 ? [hint] : [] },
    modeReport: { ok: modeReport.missing.length === 0, ...modeReport },
  }
}

/** One finding in the three spellings of the original; undefined where it says nothing. */
function textOf({ code, stage }: OrderingFinding, mode: string, drift: LegacyDrift | undefined) {
  if (code === 'stage-missing' || code === 'artifacts-missing') {
    const long = `[${mode}] ordering ledger missing stage ${stage}`
    return { long, missing: long, short: 'ordering ledger stage missing' }
  }
  if (drift === undefined) return undefined
  const short = `ordering ledger mismatch for ${drift.artifact}`
  const missing = `${short} (expected ${drift.expectedHash}, got ${drift.actualHash})`
  return { long: `[${mode}] ${missing}`, missing, short }
}

function driftOf(finding: OrderingFinding): LegacyDrift | undefined {
  const { code, stage, mode, artifact, rule = null, expectedHash = null, actualHash = null } = finding
  if (artifact === undefined || (code !== 'hash-mismatch' && code !== 'missing-artifact')) return undefined
  return { stage, mode, artifact, rule, expectedHash, actualHash, source: code }
}

function isOrderingFinding(finding: OrderingValidation['findings'][number]): finding is OrderingFinding {
  return 'stage' in finding
}
