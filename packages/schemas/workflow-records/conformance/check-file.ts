// Runs a checker over a file of vectors as the verifier does: split on LF, blank lines passed over, findings of the end
// last.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { isBlank, LineSplitter } from '@ledgerd/canonical'
import type { Finding, LineVerdict } from '@ledgerd/schema'
import { workflowRecords } from '../src/workflow-records.ts'

const folder = path.join(import.meta.dirname, '../vectors')

export function readVector(name: string): Uint8Array {
  return readFileSync(path.join(folder, name))
}

/** The lines of a file, without LF. */
export function linesOf(bytes: Uint8Array): Uint8Array[] {
  const splitter = new LineSplitter()
  const lines = Array.from(splitter.push(bytes), ({ bytes: line }) => line.slice())
  const last = splitter.end()
  return last === undefined ? lines : [...lines, last.bytes.slice()]
}

export interface FileCheck {
  readonly verdicts: readonly LineVerdict[]
  readonly findings: readonly Finding[]
}

export function checkLines(lines: readonly Uint8Array[], level: 'lines' | 'schema' = 'schema'): FileCheck {
  const checker = workflowRecords.openChecker({ ledger: 'workflows/all', level })
  const verdicts: LineVerdict[] = []
  let offset = 0
  for (const [at, line] of lines.entries()) {
    if (!isBlank(line)) verdicts.push(checker.check(line, { line: at + 1, offset }))
    offset += line.length + 1
  }
  return { verdicts, findings: [...verdicts.flatMap(({ findings }) => findings), ...checker.finish()] }
}

/** Findings of these severities as `code@line`. */
export function brief(findings: readonly Finding[], severities: string): string[] {
  return findings.filter(({ severity }) => severities.includes(severity)).map(({ code, line }) => `${code}@${line}`)
}
