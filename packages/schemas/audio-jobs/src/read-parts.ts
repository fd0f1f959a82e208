// The rows of a ledger in parts, in order, as if it were one file, and whether each finished part is what its index says
// (formats §5.4). Files are asked for through a function; memory stays within one line.
import { isBlank, LineSplitter, openHash, parse } from '@ledgerd/canonical'
import type { SplitLine } from '@ledgerd/canonical'
import type { Finding, Place } from '@ledgerd/schema'
import { indexFinding } from './part-index.ts'
import type { Part, PartIndex } from './part-index.ts'

/** The bytes of a part, by its path in the index; undefined if there is no such file, 'outside' if it leaves the folder. */
export type OpenPart = (path: string) => Promise<AsyncIterable<Uint8Array> | 'outside' | undefined>

export interface PartLine {
  /** Without LF. A view, valid until the next line is asked for. */
  readonly bytes: Uint8Array
  /** Where the line stands in the parts joined, each line ended by LF. */
  readonly place: Place
  /** `i` of its part. */
  readonly part: number
}

/**
 * Hands out whole lines as they are read, blank ones included, and reports what is wrong: E `part-gap`, `part-path`,
 * `part-missing`, `part-mismatch` about a part (behind its last line, since only then its digest is known), E `torn-tail`,
 * `line-too-long` and W `unterminated-line` about a line. A part without digest is open or abandoned: its lines are all
 * there is to check.
 */
export async function* readParts(
  index: PartIndex,
  openPart: OpenPart,
  report: (finding: Finding) => void,
): AsyncGenerator<PartLine, void, undefined> {
  reportGaps(index, report)
  const joined = { lines: 0, offset: 0 }
  for (const [at, part] of index.parts.entries()) {
    const bytes = isInside(part.path) ? await openPart(part.path) : 'outside'
    const pointer = `/parts/${at}`
    if (bytes === undefined) {
      report(indexFinding('part-missing', pointer, `There is no file ${part.path}.`))
    } else if (bytes === 'outside') {
      const message = 'The path of a part must lead to a file below the folder of the index.'
      report(indexFinding('part-path', `${pointer}/path`, message, { found: part.path }))
    } else yield* readPart(part, pointer, bytes, joined, report)
  }
}

/** True for a relative path that no step leaves the folder by. Backslashes and drives are steps on some platforms. */
export function isInside(path: string): boolean {
  if (/[\\:\p{Cc}]/u.test(path)) return false
  return path.split('/').every((step) => step !== '' && step !== '.' && step !== '..')
}

function reportGaps({ parts }: PartIndex, report: (finding: Finding) => void): void {
  let next = 0
  for (const [at, { i }] of parts.entries()) {
    const facts = { expected: String(next), found: String(i) }
    if (i < next) report(indexFinding('part-gap', `/parts/${at}/i`, `The index names part ${i} twice.`, facts))
    if (i > next) report(indexFinding('part-gap', `/parts/${at}/i`, `Before part ${i}, parts are missing.`, facts))
    next = i + 1
  }
}

interface Joined {
  lines: number
  offset: number
}

async function* readPart(
  part: Part,
  pointer: string,
  bytes: AsyncIterable<Uint8Array>,
  joined: Joined,
  report: (finding: Finding) => void,
): AsyncGenerator<PartLine, void, undefined> {
  const hash = openHash('sha256')
  const splitter = new LineSplitter()
  let length = 0
  for await (const chunk of bytes) {
    hash.update(chunk)
    length += chunk.length
    for (const split of splitter.push(chunk)) {
      const line = settleLine(split, part.i, joined, report)
      if (line !== undefined) yield line
    }
  }
  const last = splitter.end()
  const line = last === undefined ? undefined : settleLine(last, part.i, joined, report)
  if (line !== undefined) yield line
  if (part.sha256 !== null) reportMismatch(part, part.sha256, pointer, { length, digest: hash.hex() }, report)
}

function reportMismatch(
  part: Part,
  digest: string,
  pointer: string,
  found: { readonly length: number; readonly digest: string },
  report: (finding: Finding) => void,
): void {
  if (found.length !== part.bytes) {
    const facts = { expected: String(part.bytes), found: String(found.length) }
    report(
      indexFinding(
        'part-mismatch',
        `${pointer}/bytes`,
        `${part.path} has another length than when it was finished.`,
        facts,
      ),
    )
  }
  if (found.digest !== digest) {
    const facts = { expected: digest, found: found.digest }
    report(
      indexFinding(
        'part-mismatch',
        `${pointer}/sha256`,
        `${part.path} has other bytes than when it was finished.`,
        facts,
      ),
    )
  }
}

/** Rows never span parts, so a line that ends with its part is a whole row, or a write that was cut off. */
function settleLine(
  { bytes, isTerminated, isTooLong }: SplitLine,
  part: number,
  joined: Joined,
  report: (finding: Finding) => void,
): PartLine | undefined {
  const place = { line: joined.lines + 1, offset: joined.offset }
  const fault = isTooLong ? 'line-too-long' : isTerminated ? undefined : endFault(bytes)
  if (fault !== undefined)
    report({ ...place, ...endFindings[fault], message: `${endFindings[fault].message} (part ${part}).` })
  if (fault === 'line-too-long' || fault === 'torn-tail') return undefined
  joined.lines += 1
  joined.offset += bytes.length + 1
  return { bytes, place, part }
}

function endFault(bytes: Uint8Array): 'unterminated-line' | 'torn-tail' {
  if (isBlank(bytes)) return 'unterminated-line'
  const result = parse(bytes, { allowNonFinite: true })
  return result.ok && result.root.kind === 'object' ? 'unterminated-line' : 'torn-tail'
}

const endFindings = {
  'line-too-long': { code: 'line-too-long', severity: 'E', message: 'The line is over the limit and was left out' },
  'torn-tail': { code: 'torn-tail', severity: 'E', message: 'A write was cut off at the end and was left out' },
  'unterminated-line': { code: 'unterminated-line', severity: 'W', message: 'The last row has no line feed' },
} as const
