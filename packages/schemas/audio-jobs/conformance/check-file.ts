// For tests: runs the checker over a fixture, whole lines only. What a file's end and blank lines mean belongs to the
// verifier.
import { readFileSync } from 'node:fs'
import { isBlank, LineSplitter } from '@ledgerd/canonical'
import type { Finding } from '@ledgerd/schema'
import { audioJobs } from '../src/audio-jobs.ts'
import type { AudioJobs } from '../src/audio-jobs.ts'

export interface FileCheck {
  readonly lines: number
  readonly findings: readonly Finding[]
  readonly variants: ReadonlyMap<string, number>
  /** By physical line: what matched and the id that was read. */
  readonly verdicts: readonly {
    readonly line: number
    readonly variant: string | undefined
    readonly eventId: string | undefined
  }[]
}

export function readVector(path: string): Uint8Array {
  return readFileSync(new URL(`../vectors/${path}`, import.meta.url))
}

/** Never none: a test that goes through them would say nothing. */
export function readVectorLines(path: string): readonly [Uint8Array, ...Uint8Array[]] {
  const [first, ...others] = [...new LineSplitter().push(readVector(path))].map((line) => line.bytes.slice())
  if (first === undefined) throw new Error(`${path} holds no line`)
  return [first, ...others]
}

export function checkFile(
  path: string,
  options: { readonly schema?: AudioJobs; readonly level?: 'lines' | 'schema' } = {},
): FileCheck {
  return checkBytes(readVector(path), options)
}

export function checkBytes(
  file: Uint8Array,
  { schema = audioJobs, level = 'schema' }: { readonly schema?: AudioJobs; readonly level?: 'lines' | 'schema' } = {},
): FileCheck {
  const checker = schema.openChecker({ ledger: 'jobs/test', level })
  const findings: Finding[] = []
  const variants: Map<string, number> = new Map()
  const verdicts: FileCheck['verdicts'][number][] = []
  let line = 0
  for (const { bytes, offset } of new LineSplitter().push(file)) {
    line++
    if (isBlank(bytes)) continue
    const verdict = checker.check(bytes, { line, offset })
    findings.push(...verdict.findings)
    verdicts.push({ line, variant: verdict.variant, eventId: verdict.eventId })
    if (verdict.variant !== undefined) variants.set(verdict.variant, (variants.get(verdict.variant) ?? 0) + 1)
  }
  findings.push(...checker.finish())
  return { lines: line, findings, variants, verdicts }
}

/** `code@line`, in order. */
export function brief(findings: readonly Finding[], severities: string): string[] {
  return findings.filter(({ severity }) => severities.includes(severity)).map(({ code, line }) => `${code}@${line}`)
}
