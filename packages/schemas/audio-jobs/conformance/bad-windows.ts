// For tests of bad input: what a stored window is told, at a place that means something.
import type { Finding } from '@ledgerd/schema'
import { expect } from 'vitest'
import { audioJobs } from '../src/audio-jobs.ts'
import type { AudioJobs } from '../src/audio-jobs.ts'
import { checkBytes } from './check-file.ts'

const encoder = new TextEncoder()

/** Findings of a line that stands behind a blank one, so that line and offset mean something. */
export function findingsOf(text: string, schema: AudioJobs = audioJobs): readonly Finding[] {
  const first = ' \t \n'
  return checkBytes(encoder.encode(`${first}${text}\n`), { schema }).findings.map((finding) => {
    expect([finding.line, finding.offset]).toEqual([2, first.length])
    return finding
  })
}

export const brief = (findings: readonly Finding[]): string[] =>
  findings.map(({ code, severity, path = '' }) => `${severity} ${code} ${path}`.trimEnd())

export const stored = (record: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...record, ts: record['ts'] ?? '2025-11-04T22:10:31Z' })
