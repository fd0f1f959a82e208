// A comparison in words, for people.
import type { Locate } from './format-report.ts'
import { textOf } from '../frozen/union-form.ts'
import type { ReplayEvidence } from '../replay/replay-run.ts'
import type { CompatibilityFinding, CompatibilityReport } from '../compat/report.ts'

const snippetMax = 160

/** The verdict first, then each finding with what to do about it. */
export function formatReportText(report: CompatibilityReport, locate: Locate): string {
  const { old, new: next, verdict, requiredStep, actualStep, tried, findings, seed } = report
  const passed = tried.reduce((sum, one) => sum + one.passed, 0)
  const lines = [
    `${verdict}   ${next.name} ${old.version} -> ${next.version}   ${report.mode}   scope: ${scopeOf(report)}`,
    `  ${passed} generated old documents of ${tried.length} stored versions were read (seed ${seed})`,
    `  version step: ${actualStep}; these changes ask for ${requiredStep}`,
  ]
  for (const { type, version, counterExample, open } of tried) {
    if (counterExample !== undefined) {
      const { document, refusal } = counterExample
      lines.push(`  ${type} version ${version}: this was accepted and is refused now: ${snippet(document)}`)
      lines.push(`    ${refusal.path === '' ? '(root)' : refusal.path}: ${refusal.message}`)
    } else if (open !== undefined) lines.push(`  ${type} version ${version}: not decided: ${open}`)
  }
  for (const ledger of report.ledgers) lines.push(...ledgerLines(ledger))
  for (const finding of findings) lines.push(...findingLines(finding, locate))
  return `${lines.join('\n')}\n`
}

function scopeOf({ scope, ledgers }: CompatibilityReport): string {
  return scope === 'all' ? 'all documents' : `these ${ledgers.length} ledgers as they are now`
}

function ledgerLines({ ledger, lines, bytes, root, failed, failures, undeclared }: ReplayEvidence): string[] {
  const extra = undeclared === 0 ? '' : `, ${grouped(undeclared)} of types that neither side declares`
  return [
    `  ${ledger}: ${grouped(failed)} of ${grouped(lines)} lines fail${extra} (${grouped(bytes)} bytes, root ${root})`,
    ...failures.map(
      (one) =>
        `    seq ${one.seq} (byte ${one.offset}) ${one.type ?? '?'} version ${one.version ?? '?'} ${one.path}: ${one.message}`,
    ),
  ]
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

function findingLines(finding: CompatibilityFinding, locate: Locate): string[] {
  const { severity, rule, pointer, message, fix, bump, suppressed } = finding
  const { file, line } = locate(pointer)
  return [
    `${suppressed === undefined ? severity : 'suppressed'} ${rule} ${pointer} (${file}:${line})`,
    `  ${message}`,
    ...(finding.old === undefined ? [] : [`  - ${snippet(finding.old)}`]),
    ...(finding.new === undefined ? [] : [`  + ${snippet(finding.new)}`]),
    `  fix: ${fix}; bump: ${bump}`,
    ...(suppressed === undefined ? [] : [`  suppressed: ${suppressed}`]),
  ]
}

function snippet(value: unknown): string {
  const text = textOf(value)
  return text.length > snippetMax ? `${text.slice(0, snippetMax)}…` : text
}
