// A comparison as a JUnit test report: one case for each finding, and one for the verdict.
import type { CompatibilityReport } from '../compat/report.ts'
import { sentence } from './format-markup.ts'
import type { Locate } from './format-report.ts'

export function formatReportJunit(report: CompatibilityReport, locate: Locate): string {
  const cases = report.findings.map((finding) => {
    const { file, line } = locate(finding.pointer)
    const head = `<testcase classname="${attribute(finding.rule)}" name="${attribute(finding.pointer)}" file="${attribute(file)}" line="${line}"`
    if (finding.suppressed !== undefined)
      return `${head}><skipped message="${attribute(finding.suppressed)}"/></testcase>`
    if (finding.severity !== 'error') return `${head}/>`
    return `${head}><failure message="${attribute(finding.message)}">${attribute(finding.fix)}</failure></testcase>`
  })
  const verdict = `<testcase classname="verdict" name="${attribute(report.verdict)}"`
  const end = report.verdict === 'compatible' ? '/>' : `><failure message="${attribute(sentence(report))}"/></testcase>`
  const all = [...cases, `${verdict}${end}`]
  const failures = all.filter((one) => one.includes('<failure')).length
  const suite = `<testsuite name="ledgerd schema check" tests="${all.length}" failures="${failures}">`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suite}\n${all.map((one) => `  ${one}\n`).join('')}</testsuite>\n`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Without the control characters that XML 1.0 has no way to write. */
function attribute(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (mark) => entities[mark] ?? mark)
}
