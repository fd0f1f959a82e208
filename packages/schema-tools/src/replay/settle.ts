// What stored lines change about a verdict: they settle `unknown`, for these ledgers and no others.
import type { CompatibilityReport } from '../compat/report.ts'
import type { ReplayEvidence } from './replay-run.ts'

/** The report with the evidence. A counter-example that was generated stays one; the ledgers merely do not hold it. */
export function settleByReplay(report: CompatibilityReport, ledgers: readonly ReplayEvidence[]): CompatibilityReport {
  const lines = ledgers.reduce((sum, ledger) => sum + ledger.lines, 0)
  const hasFailed = ledgers.some(({ failed }) => failed > 0)
  if (hasFailed)
    return {
      ...report,
      verdict: 'incompatible',
      ledgers,
      ...(report.verdict === 'incompatible' ? {} : { scope: 'ledgers' }),
    }
  if (report.verdict !== 'unknown' || lines === 0) return { ...report, ledgers }
  return { ...report, verdict: 'compatible', scope: 'ledgers', ledgers }
}
