import { event, int } from '@ledgerd/schema'
import type { EventMap } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { checkCompatibility } from '../compat/check-compatibility.ts'
import { freezeSchema } from '../frozen/freeze-schema.ts'
import { formatReport, reportFormats } from './format-report.ts'

function side(version: string, events: EventMap): Parameters<typeof checkCompatibility>[0] {
  const line = { dialects: ['python'], identity: ['/event_id'], time: '/timestamp' } as const
  const base = { name: '<team> & "us"', family: 'team', profiles: ['default'], links: {} } as const
  return {
    frozen: freezeSchema({ ...base, line, version, events } as unknown as Parameters<typeof freezeSchema>[0]),
    events,
  }
}

const v1 = z.looseObject({ a: int() })
const v2 = z.looseObject({ a: int(), b: int() })
const old = side('1.0.0', { 'a<b': event(v1) })
const next = side('1.0.1', { 'a<b': event(v1).next(v2, (before) => ({ ...before }) as never) })
const report = await checkCompatibility(old, next, { seed: 1, documents: 50 })
const locate = (): { file: string; line: number } => ({ file: 'src/a,b.ts', line: 3 })

describe('a report', () => {
  it.each([
    {
      format: 'text',
      want: /^incompatible {3}<team> & "us" 1\.0\.0 -> 1\.0\.1[\s\S]*FIELD_ADDED_REQUIRED[\s\S]*SEMVER_TOO_SMALL/,
    },
    { format: 'github', want: /^::error file=src\/a%2Cb\.ts,line=3,title=FIELD_ADDED_REQUIRED::/ },
    { format: 'md', want: /^\*\*incompatible\*\*[\s\S]*\| error \| SEMVER_TOO_SMALL \|/ },
    { format: 'junit', want: /<testsuite name="ledgerd schema check" tests="3" failures="3">[\s\S]*a&lt;b/ },
  ] as const)('as $format', ({ format, want }) => expect(formatReport(report, format, locate)).toMatch(want))

  it('as JSON and SARIF is one document', () => {
    expect(JSON.parse(formatReport(report, 'json', locate))).toMatchObject({
      verdict: 'incompatible',
      findings: [{ at: locate() }, {}],
    })
    const sarif = JSON.parse(formatReport(report, 'sarif', locate)) as { runs: [{ results: { ruleId: string }[] }] }
    expect(sarif.runs[0].results.map(({ ruleId }) => ruleId)).toEqual(['FIELD_ADDED_REQUIRED', 'SEMVER_TOO_SMALL'])
  })

  it('ends in a line feed in every format', () => {
    for (const format of reportFormats) expect(formatReport(report, format, locate).endsWith('\n')).toBe(true)
  })
})
