// A comparison as SARIF 2.1.0, for code scanning.
import type { CompatibilityReport } from '../compat/report.ts'
import type { Locate } from './format-report.ts'
import { sentence } from './format-markup.ts'

const levels = { error: 'error', warning: 'warning', info: 'note' } as const

export function formatReportSarif(report: CompatibilityReport, locate: Locate): string {
  const rules = [...new Set(report.findings.map(({ rule }) => rule))].sort()
  const results = report.findings.map((finding) => {
    const { file, line } = locate(finding.pointer)
    const physicalLocation = { artifactLocation: { uri: file }, region: { startLine: line } }
    const logicalLocations = [{ fullyQualifiedName: finding.pointer }]
    const { suppressed } = finding
    return {
      ruleId: finding.rule,
      level: levels[finding.severity],
      message: { text: `${finding.message}; ${finding.fix}` },
      locations: [{ physicalLocation, logicalLocations }],
      ...(suppressed === undefined ? {} : { suppressions: [{ kind: 'external', justification: suppressed }] }),
    }
  })
  const driver = { name: 'ledgerd schema check', rules: rules.map((id) => ({ id })) }
  const run = { tool: { driver }, results, properties: { verdict: report.verdict, sentence: sentence(report) } }
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] })}\n`
}
