// Findings that somebody has looked at: named by rule and place, with a reason and a last day.
import type { CompatibilityFinding } from './report.ts'

export interface Suppression {
  readonly rule: string
  readonly pointer: string
  readonly reason: string
  /** The last day it holds, as `2026-03-01`. */
  readonly expires: string
}

/** The findings with their suppressions; one that has run out covers nothing and is an error of its own. */
export function applySuppressions(
  findings: readonly CompatibilityFinding[],
  suppressions: readonly Suppression[],
  today: string | undefined,
): readonly CompatibilityFinding[] {
  const isExpired = ({ expires }: Suppression): boolean =>
    today === undefined || !/^\d{4}-\d\d-\d\d$/.test(expires) || expires < today
  const marked = findings.map((finding) => {
    const cover = suppressions.find(
      (one) => one.rule === finding.rule && one.pointer === finding.pointer && one.reason !== '' && !isExpired(one),
    )
    return cover === undefined ? finding : { ...finding, suppressed: cover.reason }
  })
  return [...marked, ...suppressions.filter(isExpired).map(expiredFinding)]
}

function expiredFinding({ rule, pointer, expires }: Suppression): CompatibilityFinding {
  return {
    rule: 'SUPPRESSION_EXPIRED',
    severity: 'error',
    pointer,
    message: `the suppression of ${rule} ran out on ${expires}`,
    fix: 'fix the finding, or look at it again and set another day',
    bump: 'none',
    backward: 'ok',
    forward: 'ok',
  }
}
