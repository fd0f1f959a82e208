// For tests: runs the checker over a fixture, whole lines only. What a file's end and blank lines mean belongs to the
// verifier.
import { readFileSync } from 'node:fs'
import { isBlank, LineSplitter } from '@ledgerd/canonical'
import type { Finding } from '@ledgerd/schema'
import { kernelRuns } from '../src/kernel-runs.ts'

export interface FileCheck {
  /** Physical lines, blank ones included. */
  readonly lineCount: number
  readonly findings: readonly Finding[]
  readonly variants: Readonly<Record<string, number>>
}

export function readVector(path: string): Uint8Array {
  return readFileSync(new URL(`../vectors/${path}`, import.meta.url))
}

/** Without LF; the last one counts, terminated or not. */
export function linesOf(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly offset: number }[] {
  const splitter = new LineSplitter()
  const lines = [...splitter.push(bytes)].map(({ bytes: line, offset }) => ({ bytes: line.slice(), offset }))
  const last = splitter.end()
  return last === undefined ? lines : [...lines, last]
}

export function checkBytes(bytes: Uint8Array, level: 'lines' | 'schema' = 'schema'): FileCheck {
  const checker = kernelRuns.openChecker({ ledger: 'kernel', level })
  const findings: Finding[] = []
  const variants: Record<string, number> = {}
  let lineCount = 0
  for (const { bytes: line, offset } of linesOf(bytes)) {
    lineCount++
    if (isBlank(line)) continue
    const verdict = checker.check(line, { line: lineCount, offset })
    findings.push(...verdict.findings)
    if (verdict.variant !== undefined) variants[verdict.variant] = (variants[verdict.variant] ?? 0) + 1
  }
  findings.push(...checker.finish())
  return { lineCount, findings, variants }
}

/** `code@line` with the pointer and the short name of the rule, in order: `hash-format@6/intent_sha256 LD4`. */
export function brief(findings: readonly Finding[]): string[] {
  return findings.map(({ code, line, path = '', rule }) => {
    const name = rule === undefined ? '' : ` ${rule.slice(0, rule.indexOf('_'))}`
    return `${code}@${line}${path}${name}`
  })
}
