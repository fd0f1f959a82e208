// For tests of bad input: what a stored window is told, at a place that means something.
import type { Finding } from '@ledgerd/schema'
import { expect } from 'vitest'
import { audioJobs } from '../src/audio-jobs.ts'
import type { AudioJobs } from '../src/audio-jobs.ts'
import { checkBytes } from './check-file.ts'
import { encodeDraft, refusal } from './sample-window.ts'

const encoder = new TextEncoder()

/** What a window is told as a stored line, as `severity code path`, and as a draft. */
export interface Verdicts {
  readonly found: readonly string[]
  readonly refused: string
}

/** A sound window with one member replaced, by a path such as `env.torch`; undefined takes it out. */
export interface AlteredWindow extends Verdicts {
  readonly name: string
  readonly at: string
  readonly value: unknown
}

export function expectVerdicts(
  record: Readonly<Record<string, unknown>>,
  { found, refused }: Verdicts,
  schema: AudioJobs = audioJobs,
): void {
  expect(brief(findingsOf(stored(record), schema))).toEqual(found)
  expect(refusal(schema, encodeDraft({ data: record }))).toBe(refused)
}

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
