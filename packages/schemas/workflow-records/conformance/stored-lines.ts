// For tests: stored lines as files hold them, right or wrong. Each is sealed as the daemon would and then altered; no
// invariant is asked, because history asks nobody.
import { workflowRecords } from '../src/workflow-records.ts'
import { checkLines } from './check-file.ts'
import { header } from './sample-drafts.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A record of `type`; its id is made of `n`, and members of `data` stand in for those of the shared header. */
export function storedLine(type: string, data: object, n: number): string {
  const writer = workflowRecords.openWriter({ ledger: 'workflows/all' })
  const id = n.toString(16).padStart(32, '0')
  const admitted = writer.admit(encoder.encode(JSON.stringify({ type, data: { ...header, ...data }, id })))
  const target = new Uint8Array(admitted.lineBytesMax)
  const end = writer.seal(admitted, { seq: n, timeMs: Date.UTC(2026, 0, 28, 19) + n }, target, 0)
  return decoder.decode(target.subarray(0, end - 1))
}

/** The same line with a member at a path such as `hash.payload_hash` replaced; undefined takes it out. */
export function alteredLine(line: string, member: string, value: unknown): string {
  const record = JSON.parse(line) as Record<string, unknown>
  const steps = member.split('.')
  let at = record
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>
  const last = steps.at(-1) ?? ''
  if (value === undefined) delete at[last]
  else at[last] = value
  return JSON.stringify(record)
}

/** Findings as `E code /path @line`; each offset is that of the line it names. */
export function findingsOf(lines: readonly string[], severities = 'EW'): string[] {
  const bytes = lines.map((line) => encoder.encode(line))
  const offsets = bytes.map((_, at) => bytes.slice(0, at).reduce((sum, { length }) => sum + length + 1, 0))
  return checkLines(bytes)
    .findings.filter(({ severity }) => severities.includes(severity))
    .map(({ code, severity, path = '', line, offset }) => {
      const isRight = line === 0 ? offset === 0 : offset === offsets[line - 1]
      return `${severity} ${code}${path === '' ? '' : ` ${path}`} @${line}${isRight ? '' : ' at a wrong offset'}`
    })
}
