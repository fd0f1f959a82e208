// A comparison in the form that a reader asks for.
import type { CompatibilityReport } from '../compat/report.ts'
import { formatReportGithub, formatReportMarkdown } from './format-markup.ts'
import { formatReportJunit } from './format-junit.ts'
import { formatReportSarif } from './format-sarif.ts'
import { formatReportText } from './format-text.ts'

export type ReportFormat = 'text' | 'json' | 'github' | 'junit' | 'sarif' | 'md'

export const reportFormats: readonly ReportFormat[] = ['text', 'json', 'github', 'junit', 'sarif', 'md']

/** Where a finding is in the source; as far as anyone knows. */
export interface SourcePlace {
  readonly file: string
  /** From 1. */
  readonly line: number
}

export type Locate = (pointer: string) => SourcePlace

/** The whole document, with a final LF. */
export function formatReport(report: CompatibilityReport, format: ReportFormat, locate: Locate): string {
  switch (format) {
    case 'text':
      return formatReportText(report, locate)
    case 'json':
      return `${JSON.stringify({ ...report, findings: report.findings.map((one) => ({ ...one, at: locate(one.pointer) })) })}\n`
    case 'github':
      return formatReportGithub(report, locate)
    case 'junit':
      return formatReportJunit(report, locate)
    case 'sarif':
      return formatReportSarif(report, locate)
    case 'md':
      return formatReportMarkdown(report)
  }
}
