// An import report, as a document and for people.
import type { Finding } from '@ledgerd/schema'
import type { FindingCounts } from '@ledgerd/verify'
import { formatBytes, formatCount, formatLines, formatPlace } from './figures.ts'
import { neutralize } from './neutralize.ts'
import type { Colors } from './output-flags.ts'

export interface ImportReport {
  readonly kind: 'import-report'
  readonly v: 1
  readonly family: string
  readonly source: string
  readonly ledger: string
  /** Where the ledger lies, or would. */
  readonly file: string | null
  readonly action: 'copied' | 'unchanged' | 'in-place' | 'dry-run'
  readonly status: 'ok' | 'empty' | 'corrupt'
  readonly bytes: number
  readonly lines: number | null
  /** Over all bytes of the source. */
  readonly sha256: string
  readonly root: string | null
  readonly variants: Readonly<Record<string, number>>
  /** The writer profile that the lines speak for, or why they speak for none. */
  readonly profile: string | null
  readonly conflict: string | null
  readonly counts: FindingCounts
  readonly findings: readonly Finding[]
}

const shownMax = 20
const actions: Readonly<Record<ImportReport['action'], string>> = {
  copied: 'copied, byte for byte',
  unchanged: 'there already with the same bytes; nothing changed',
  'in-place': 'checked where it lies; nothing changed',
  'dry-run': 'dry run; nothing changed',
}

/** The report as text. */
export function formatImport(report: ImportReport, colors: Colors): string {
  const { source, ledger, file, action, bytes, lines, sha256, variants, profile, conflict, counts } = report
  const kinds = Object.entries(variants).map(([variant, count]) => `${variant} ${formatCount(count)}`)
  const out = [
    `${colors.bold(neutralize(source))}   ${formatLines(lines ?? 0)}   ${formatBytes(bytes)}   ${sha256}`,
    `  ledger     ${ledger}${file === null ? '' : `   ${neutralize(file)}`}`,
    `  result     ${actions[action]}`,
    `  checksums  ${kinds.length === 0 ? 'none' : kinds.join(', ')}`,
    `  profile    ${profile ?? colors.red(`conflict: ${conflict ?? ''}`)}`,
    `  findings   ${counts.E} errors, ${counts.W} warnings, ${counts.I} for information`,
  ]
  const notable = report.findings.filter((finding) => finding.severity !== 'I')
  for (const finding of notable.slice(0, shownMax)) {
    const painted = finding.severity === 'E' ? colors.red(finding.code) : colors.yellow(finding.code)
    out.push(`  ${formatPlace(finding)}  ${painted}  ${neutralize(finding.message)}`)
  }
  if (notable.length > shownMax) out.push(`  and ${notable.length - shownMax} more: --json lists them`)
  if (counts.E > 0 && action !== 'dry-run')
    out.push('  what is wrong now is kept as history when ledgerd first opens the ledger; nothing is mended in silence')
  return `${out.join('\n')}\n`
}
