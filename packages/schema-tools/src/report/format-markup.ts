// A comparison as annotations of a GitHub job, and as a table for a pull request.
import type { CompatibilityFinding, CompatibilityReport } from '../compat/report.ts'
import { textOf } from '../frozen/union-form.ts'
import type { Locate } from './format-report.ts'

/** One workflow command for each finding that is not suppressed, and one notice with the verdict. */
export function formatReportGithub(report: CompatibilityReport, locate: Locate): string {
  const commands = report.findings.filter(isShown).map((finding) => {
    const { file, line } = locate(finding.pointer)
    const level = finding.severity === 'info' ? 'notice' : finding.severity
    const place = `file=${property(file)},line=${line},title=${property(finding.rule)}`
    return `::${level} ${place}::${message(`${finding.pointer}: ${finding.message}; ${finding.fix}`)}`
  })
  const level = report.verdict === 'incompatible' ? 'error' : report.verdict === 'unknown' ? 'warning' : 'notice'
  return `${[...commands, `::${level} title=ledgerd schema check::${message(sentence(report))}`].join('\n')}\n`
}

export function formatReportMarkdown(report: CompatibilityReport): string {
  const rows = report.findings.map(
    ({ rule, severity, pointer, message: text, fix, suppressed }) =>
      `| ${suppressed === undefined ? severity : 'suppressed'} | ${rule} | \`${cell(pointer)}\` | ${cell(text)} | ${cell(fix)} |`,
  )
  const examples = report.tried.flatMap(({ type, version, counterExample, open }) => {
    if (counterExample !== undefined)
      return [
        `- ${cell(type)} version ${version}: accepted before, refused now: \`${cell(textOf(counterExample.document))}\``,
      ]
    return open === undefined ? [] : [`- ${cell(type)} version ${version}: not decided: ${cell(open)}`]
  })
  const ledgers = report.ledgers.map(
    ({ ledger, failed, lines, root }) => `- \`${cell(ledger)}\`: ${failed} of ${lines} lines fail (root \`${root}\`)`,
  )
  const table = rows.length === 0 ? [] : ['', '| | rule | where | what | fix |', '|---|---|---|---|---|', ...rows]
  return `${[`**${report.verdict}**: ${cell(sentence(report))}`, ...table, '', ...examples, ...ledgers].join('\n').trimEnd()}\n`
}

/** The verdict in one sentence. */
export function sentence({
  verdict,
  scope,
  old,
  new: next,
  tried,
  requiredStep,
  actualStep,
}: CompatibilityReport): string {
  const passed = tried.reduce((sum, one) => sum + one.passed, 0)
  const holds = scope === 'all' ? '' : ' for the replayed ledgers'
  return `${next.name} ${old.version} to ${next.version} is ${verdict}${holds}; ${passed} generated documents read; step ${actualStep}, ${requiredStep} asked for`
}

function isShown({ suppressed }: CompatibilityFinding): boolean {
  return suppressed === undefined
}

function message(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('`', "'")
    .replaceAll(/[\r\n]+/g, ' ')
}
