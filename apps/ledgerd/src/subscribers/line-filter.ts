// Which lines of a run a stream wants, by event type and link, and those lines as one body. A run that matches as a whole
// keeps its bytes: nothing is copied.
import type { LineRun } from '../engine/line-run.ts'
import type { LedgerReader } from '../engine/ports.ts'

export interface LineFilter {
  readonly types: ReadonlySet<string> | undefined
  readonly link: string | undefined
}

/** Lines to send, and the cursor behind everything that was looked at. */
export interface Selection {
  readonly bytes: Uint8Array
  readonly seqs: readonly number[]
  readonly next: number
  /** A matching line did not fit any more; `next` is its number. */
  readonly isCutShort: boolean
}

export interface SelectionLimits {
  readonly bytesMax: number
  /** A single line may be this long when nothing else goes with it. */
  readonly singleBytesMax: number
  readonly linesMax: number
}

const LF = 0x0a

/** Undefined when every line is wanted. */
export function lineFilter(types: readonly string[] | undefined, link: string | undefined): LineFilter | undefined {
  return types === undefined && link === undefined ? undefined : { types: types && new Set(types), link }
}

/** Picks matching lines in order until one does not fit. */
export function selectLines(
  run: LineRun,
  filter: LineFilter,
  routeOf: LedgerReader['routeOf'],
  limits: SelectionLimits,
): Selection {
  const seqs: number[] = []
  const pieces: Uint8Array[] = []
  let pieceStart = -1
  let bytes = 0
  let at = 0
  for (let seq = run.from; seq < run.from + run.count; seq += 1) {
    const end = run.bytes.indexOf(LF, at) + 1
    const isWanted = isMatch(filter, routeOf(run.bytes.subarray(at, end - 1)))
    const bytesMax = bytes === 0 ? limits.singleBytesMax : limits.bytesMax
    const isTooMuch = isWanted && (bytes + end - at > bytesMax || seqs.length === limits.linesMax)
    if (pieceStart >= 0 && (!isWanted || isTooMuch)) {
      pieces.push(run.bytes.subarray(pieceStart, at))
      pieceStart = -1
    }
    if (isTooMuch) return { bytes: join(pieces, bytes), seqs, next: seq, isCutShort: true }
    if (isWanted) {
      if (pieceStart < 0) pieceStart = at
      seqs.push(seq)
      bytes += end - at
    }
    at = end
  }
  if (pieceStart >= 0) pieces.push(run.bytes.subarray(pieceStart, at))
  return { bytes: join(pieces, bytes), seqs, next: run.from + run.count, isCutShort: false }
}

/** True when the numbers have no hole between them. */
export function isContiguous(seqs: readonly number[]): boolean {
  const first = seqs[0] ?? 0
  return (seqs.at(-1) ?? first) - first === seqs.length - 1
}

function isMatch(filter: LineFilter, route: ReturnType<LedgerReader['routeOf']>): boolean {
  if (route === undefined) return false
  return (
    (filter.types === undefined || filter.types.has(route.type)) &&
    (filter.link === undefined || filter.link === route.link)
  )
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, length)
}
