// An import report, as a document and for people.
import type { Finding } from '@ledgerd/schema'
import type { FindingCounts, VerifyReport } from '@ledgerd/verify'
import { formatBytes, formatCount, formatLines, formatPlace } from './figures.ts'
import { codeWords, findingWords, ruleOf } from './finding-words.ts'
import type { ImportTask } from './import-run.ts'
import type { SourceFile } from './import-source.ts'
import { neutralize } from './neutralize.ts'
import type { Colors } from './output-flags.ts'

export interface ImportReport {
  readonly kind: 'import-report'
  readonly v: 1
  readonly family: string
  readonly source: string
  /** The files behind the source; empty when it is one file taken byte for byte. */
  readonly files: readonly SourceFile[]
  /** Name and version of the schema that judged the lines. */
  readonly schema: string
  readonly ledger: string
  /** Where the ledger lies, or would. */
  readonly file: string | null
  readonly action: 'copied' | 'unchanged' | 'in-place' | 'dry-run' | 'followed'
  readonly status: 'ok' | 'empty' | 'corrupt'
  readonly bytes: number
  readonly lines: number | null
  /** Over the bytes of the ledger; those of the source when it was taken byte for byte. */
  readonly sha256: string
  readonly root: string | null
  readonly variants: Readonly<Record<string, number>>
  /** The writer profile that the lines speak for, or why they speak for none. */
  readonly profile: string | null
  readonly conflict: string | null
  readonly counts: FindingCounts
  /** Those about the files first, then those about lines. */
  readonly findings: readonly Finding[]
}

/** Puts a report together. `sha256` and `report` are about the ledger's bytes. */
export function reportOf(
  { source, schema, flags, ledger }: ImportTask,
  action: ImportReport['action'],
  file: string | null,
  sha256: string,
  report: VerifyReport,
): ImportReport {
  const verdict = schema.profileOf(new Map(Object.entries(report.variants)))
  const { bytes, lines, root, status, variants } = report
  const findings = [...source.findings, ...report.findings]
  const countOf = (severity: 'E' | 'W' | 'I'): number =>
    report.counts[severity] + source.findings.filter((finding) => finding.severity === severity).length
  return {
    kind: 'import-report',
    v: 1,
    family: flags.family,
    source: source.name,
    files: source.files,
    schema: `${schema.name} ${schema.version}`,
    ledger,
    file,
    action,
    status,
    bytes,
    lines,
    sha256,
    root,
    variants,
    profile: 'profile' in verdict ? verdict.profile : null,
    conflict: 'conflict' in verdict ? verdict.conflict : null,
    counts: { E: countOf('E'), W: countOf('W'), I: countOf('I') },
    findings,
  }
}

const shownMax = 20
const actions: Readonly<Record<ImportReport['action'], string>> = {
  copied: 'imported',
  unchanged: 'there already; nothing changed',
  'in-place': 'checked where it lies; no byte of it changed',
  'dry-run': 'dry run; nothing changed',
  followed: 'followed to here, byte for byte',
}

/** The report as text. */
export function formatImport(report: ImportReport, colors: Colors): string {
  const { source, ledger, file, action, bytes, lines, sha256, variants, profile, conflict, counts } = report
  const kinds = Object.entries(variants).map(([variant, count]) => `${variant} ${formatCount(count)}`)
  const result = action === 'copied' && report.files.length === 0 ? 'copied, byte for byte' : actions[action]
  const out = [
    `${colors.bold(neutralize(source))}   ${formatLines(lines ?? 0)}   ${formatBytes(bytes)}   ${sha256}`,
    `  ledger     ${ledger}${file === null ? '' : `   ${neutralize(file)}`}`,
    `  result     ${result}`,
    `  schema     ${report.schema}`,
    `  variants   ${kinds.length === 0 ? 'none' : kinds.join(', ')}`,
    `  profile    ${profile ?? colors.red(`conflict: ${conflict ?? ''}`)}`,
    ...report.files.map((one) => `  from       ${neutralize(one.file)}   ${formatBytes(one.bytes)}   ${one.sha256}`),
    `  findings   ${countOf(counts.E, 'error')}, ${countOf(counts.W, 'warning')}, ${formatCount(counts.I)} for information`,
  ]
  const notable = report.findings.filter((finding) => finding.severity !== 'I')
  for (const finding of notable.slice(0, shownMax)) out.push(`  ${formatFinding(finding, colors)}`)
  if (notable.length > shownMax) out.push(`  and ${notable.length - shownMax} more: --json lists them`)
  if (counts.I > 0) out.push(`  for information: ${tally(report.findings)}; --json lists them`)
  if (counts.E > 0 && action !== 'dry-run')
    out.push('  what is wrong now is kept as history when ledgerd first opens the ledger; nothing is mended in silence')
  return `${out.join('\n')}\n`
}

/** One finding on one line: where, what, the place inside and the rule it breaks, and in words. */
export function formatFinding(finding: Finding, colors: Colors): string {
  const { code, message, line, path } = finding
  const rule = ruleOf(finding)
  const painted = codeWords(finding, colors)
  const inside = line > 0 && path !== undefined ? { code, path, message } : { code, message }
  return `${placeOf(finding)}  ${painted}${rule === undefined ? '' : ` ${neutralize(rule)}`}  ${findingWords(inside)}`
}

function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** How often each code was said for information. */
function tally(findings: readonly Finding[]): string {
  const counts = new Map<string, number>()
  for (const { code, severity } of findings) if (severity === 'I') counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts]
    .toSorted()
    .map(([code, count]) => `${code} ${formatCount(count)}`)
    .join(', ')
}

/** A line, or a place in the file for findings that are about no line. */
function placeOf(finding: Finding): string {
  if (finding.line > 0 || finding.path === undefined) return formatPlace(finding)
  return finding.path === '' ? 'the file' : `at ${neutralize(finding.path)}`
}
