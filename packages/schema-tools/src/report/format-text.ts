// A comparison in words, for people.
import { textOf } from '../frozen/union-form.ts'
import type { CompatibilityFinding, CompatibilityReport } from '../compat/report.ts'

const snippetMax = 160

/** The verdict first, then each finding with what to do about it. */
export function formatReportText(report: CompatibilityReport): string {
  const { old, new: next, verdict, requiredStep, actualStep, tried, findings, seed } = report
  const passed = tried.reduce((sum, one) => sum + one.passed, 0)
  const lines = [
    `${verdict}   ${next.name} ${old.version} -> ${next.version}   ${report.mode}`,
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
  for (const finding of findings) lines.push(...findingLines(finding))
  return `${lines.join('\n')}\n`
}

function findingLines(finding: CompatibilityFinding): string[] {
  const { severity, rule, pointer, message, fix, bump, suppressed } = finding
  return [
    `${suppressed === undefined ? severity : 'suppressed'} ${rule} ${pointer}`,
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
