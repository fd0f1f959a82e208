// Puts the outcome of a tree comparison into words: what was changed, where, and in whose name that is said. Never names
// a line that it cannot prove.
import type { Finding } from '@ledgerd/schema'
import type { Difference, FileLine } from './difference.ts'
import { formatHex } from './hex.ts'
import type { LevelResult } from './report.ts'
import type { StoredLeaves } from './sidecar.ts'
import type { Compared, TreeComparison } from './tree-comparison.ts'

const searchLines = 4096
const leafBytes = 32

export interface TreeVerdict {
  readonly result: LevelResult
  readonly findings: readonly Finding[]
}

/** Judges a finished comparison. `problems` says why evidence that should be there could not be used. */
export async function judgeTree(
  comparison: TreeComparison,
  leaves: StoredLeaves | undefined,
  problems: readonly string[],
): Promise<TreeVerdict> {
  const { aligner, evidence } = comparison
  if (evidence.length === 0 && aligner.comparableLines === 0)
    return { result: { state: 'not-checked', detail: nothingToCompare(problems) }, findings: [] }
  const confirmed = evidence.findLast((one) => one.matches)
  const confirmedLines = confirmed?.lines ?? 0
  const refuted = evidence.find((one) => !one.matches)
  const ours = aligner.differences.filter((one) => one.line <= confirmedLines)
  const real = aligner.differences.filter((one) => one.line > confirmedLines)
  const findings: Finding[] = ours.slice(0, 1).map(indexDiffers)
  if (real.length > 0) findings.push(...(await describe(real, comparison, leaves)))
  else if (refuted !== undefined)
    findings.push(lostLineFeed(comparison, refuted) ?? unlocatable(comparison, confirmed, refuted))
  if (findings.some((finding) => finding.severity === 'E'))
    return { result: { state: 'failed', detail: failure(findings, confirmedLines) }, findings }
  return { result: { state: 'ok', detail: success(comparison, evidence) }, findings }
}

function nothingToCompare(problems: readonly string[]): string {
  const why = problems.length > 0 ? problems.join('; ') : 'no head record and no stored leaf hashes beside the file'
  return `${why}: nothing to compare with; keep the root to compare later`
}

function success(comparison: TreeComparison, evidence: readonly Compared[]): string {
  const names = evidence.map((one) => `${words[one.name]} at ${linesOf(one.lines)}`)
  if (comparison.aligner.comparableLines > 0) names.push(storedHashes(comparison.aligner.comparableLines))
  const covered = Math.max(comparison.aligner.comparableLines, ...evidence.map((one) => one.lines))
  const rest = comparison.lines - covered
  const uncovered = rest > 0 ? `; the last ${linesOf(rest)} had nothing to compare with` : ''
  return `every line hashed anew; equals ${names.join(', ')}${uncovered}`
}

function linesOf(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`
}

function storedHashes(count: number): string {
  return count === 1 ? '1 stored leaf hash' : `${count} stored leaf hashes`
}

function failure(findings: readonly Finding[], confirmedLines: number): string {
  const lines = findings.filter((finding) => finding.severity === 'E').map((finding) => finding.line)
  const good = confirmedLines > 0 ? `; lines 1 to ${confirmedLines} are confirmed` : ''
  return `the file is not what was committed, first at line ${Math.min(...lines)}${good}`
}

const words: Readonly<Record<Compared['name'], string>> = {
  'head-record': 'the head record',
  adoption: 'the adoption report',
  daemon: 'the root the daemon states',
}

function indexDiffers(difference: Difference): Finding {
  return {
    code: 'index-differs',
    severity: 'W',
    line: difference.line,
    offset: difference.offset,
    message:
      'the stored leaf hashes differ from the file here, while the root confirms the file: only the derived index is ' +
      'wrong, and is rebuilt when the ledger is opened next',
  }
}

/** All lines are the committed ones, and one byte is missing: it can only be the LF of the last. */
function lostLineFeed(comparison: TreeComparison, refuted: Compared): Finding | undefined {
  const { lines, bytes } = comparison
  if (refuted.lines !== lines || refuted.bytes !== bytes + 1 || refuted.root !== comparison.root()) return undefined
  const message = 'the file ends here; every line that was committed is there, only the last line feed is missing'
  return { code: 'truncated', severity: 'E', line: lines, offset: bytes, message }
}

/** Named at the first line that may be another. */
function unlocatable(comparison: TreeComparison, confirmed: Compared | undefined, refuted: Compared): Finding {
  const good = confirmed ?? { lines: 0, bytes: 0 }
  const { aligner, lines, comparableBytes } = comparison
  const equal = { lines: Math.min(aligner.comparableLines, lines), bytes: comparableBytes }
  // Stored hashes that equal the file as far as the root that it does not have were changed along with it.
  const last = equal.lines > good.lines && equal.lines < refuted.lines ? equal : good
  return {
    code: 'root-mismatch',
    severity: 'E',
    line: last.lines + 1,
    offset: last.bytes,
    expected: `sha256:${refuted.root}`,
    found: `sha256:${comparison.root()}`,
    message:
      `${words[refuted.name]} (${refuted.lines} lines, ${refuted.bytes} bytes) does not match the file ` +
      `(${lines} lines): it was changed between line ${last.lines + 1} and line ${refuted.lines}; ` +
      'which line, the sidecar cannot tell',
  }
}

async function describe(
  differences: readonly Difference[],
  comparison: TreeComparison,
  leaves: StoredLeaves | undefined,
): Promise<Finding[]> {
  const isProven = isConfirmed(comparison)
  const doubt = isProven
    ? ''
    : ' (by the stored leaf hashes, which no root confirms: the file or the sidecar was changed)'
  const places = {
    committed: committedSeqs(differences),
    now: linesNow(differences, comparison.aligner.surplus),
    copies: await findCopies(differences, leaves),
  }
  const findings = differences.map((one) => {
    const { code, message } = phrase(one, comparison.lines, places)
    return finding(one, code, `${message}${doubt}`)
  })
  if (!comparison.aligner.isComplete) {
    const last = findings.at(-1) as Finding
    findings.push({ ...last, message: 'from here on more lines differ than are told apart' })
  }
  return findings
}

/** True if the stored leaf hashes lead to a root that somebody recorded: then they say what the lines were. */
function isConfirmed({ aligner, evidence }: TreeComparison): boolean {
  const { expected } = aligner
  if (expected === undefined) return false
  const root = formatHex(expected.root())
  return evidence.some((one) => one.lines === expected.size && one.root === root)
}

/** Where leaf hashes that take part in a difference stood, stand, or stand as well. */
interface Places {
  /** Leaf hash that went missing in one place, and its sequence number. */
  readonly committed: ReadonlyMap<string, number>
  /** Leaf hash that turned up, and its line. */
  readonly now: ReadonlyMap<string, number>
  /** Leaf hash of an inserted line, and the sequence number of the committed line that it copies. */
  readonly copies: ReadonlyMap<string, number>
}

function phrase(one: Difference, lines: number, places: Places): { code: string; message: string } {
  const count = one.count === 1 ? 'one line' : `${one.count} lines`
  const found = one.found[0] ?? ''
  const committedSeq = places.committed.get(found)
  const lineNow = places.now.get(one.expected[0] ?? '')
  const copied = places.copies.get(found)
  if (one.kind === 'reordered')
    return { code: 'lines-reordered', message: `${count} from here on stand in another order than committed` }
  if (committedSeq !== undefined)
    return {
      code: 'lines-reordered',
      message: `this line was committed as line ${committedSeq + 1} and was moved here`,
    }
  if (lineNow !== undefined)
    return {
      code: 'lines-reordered',
      message: `the line committed as line ${one.seq + 1} was moved to line ${lineNow}`,
    }
  if (one.kind === 'inserted' && copied !== undefined)
    return {
      code: 'lines-duplicated',
      message: `${count} inserted here; the first is a copy of line ${copied + 1} as committed`,
    }
  if (one.kind === 'inserted')
    return { code: 'lines-inserted', message: `${count} inserted here that never were committed` }
  if (one.kind === 'deleted' && one.line > lines)
    return {
      code: 'truncated',
      message: `the file ends here; ${count} that ${one.count === 1 ? 'was committed is' : 'were committed are'} missing`,
    }
  if (one.kind === 'deleted')
    return {
      code: 'lines-deleted',
      message: `${count} missing in front of this line, from what was committed as line ${one.seq + 1} on`,
    }
  if (one.kind === 'diverged')
    return {
      code: 'line-edited',
      message: `this line and at least ${one.count - 1} after it differ from what was committed`,
    }
  return { code: 'line-edited', message: 'the line is not the one that was committed' }
}

function finding(one: Difference, code: string, message: string): Finding {
  const [expected] = one.expected
  const [found] = one.found
  return {
    code,
    severity: 'E',
    line: one.line,
    offset: one.offset,
    ...(expected === undefined ? {} : { expected: `sha256:${expected}` }),
    ...(found === undefined ? {} : { found: `sha256:${found}` }),
    message,
  }
}

function committedSeqs(differences: readonly Difference[]): Map<string, number> {
  const seqs = new Map<string, number>()
  for (const one of differences) {
    if (one.kind === 'reordered') continue
    for (const [at, leaf] of one.expected.entries()) seqs.set(leaf, one.seq + at)
  }
  return seqs
}

function linesNow(differences: readonly Difference[], surplus: readonly FileLine[]): Map<string, number> {
  const lines = new Map(surplus.map((one) => [one.leaf, one.line]))
  for (const one of differences) {
    if (one.kind === 'reordered') continue
    for (const [at, leaf] of one.found.entries()) lines.set(leaf, one.line + at)
  }
  return lines
}

/** Which inserted lines are copies of committed ones: one pass over the stored hashes, only when lines were inserted. */
async function findCopies(
  differences: readonly Difference[],
  leaves: StoredLeaves | undefined,
): Promise<Map<string, number>> {
  const wanted = new Set(differences.filter((one) => one.kind === 'inserted').map((one) => one.found[0] ?? ''))
  const copies = new Map<string, number>()
  for (let from = 0; leaves !== undefined && wanted.size > 0 && from < leaves.count; from += searchLines) {
    const stored = await leaves.read(from, searchLines)
    if (stored.length === 0) break
    for (let at = 0; at < stored.length; at += leafBytes) {
      const leaf = formatHex(stored.subarray(at, at + leafBytes))
      if (wanted.delete(leaf)) copies.set(leaf, from + at / leafBytes)
    }
  }
  return copies
}
