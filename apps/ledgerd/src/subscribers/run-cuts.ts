// Shorter runs out of longer ones, without copying: what is left of a committed run is as committed as the whole.
import { countLines } from '../engine/line-run.ts'
import type { LineRun } from '../engine/line-run.ts'

const LF = 0x0a

export interface RunRoom {
  readonly bytesMax: number
  /** A single line may be this long when nothing else goes with it. */
  readonly singleBytesMax: number
}

/** The lines of a run below sequence number `end`. */
export function cutRun<Run extends LineRun>(run: Run, end: number): Run {
  const count = Math.max(0, Math.min(run.count, end - run.from))
  return count === run.count ? run : { ...run, count, bytes: run.bytes.subarray(0, offsetOf(run, run.from + count)) }
}

/** The first lines of a run that fit; none when already the first does not. */
export function runWithin<Run extends LineRun>(run: Run, room: RunRoom): Run {
  if (run.bytes.length <= room.bytesMax) return run
  let count = 0
  let length = 0
  for (let at = run.bytes.indexOf(LF) + 1; at > 0 && at <= room.bytesMax; at = run.bytes.indexOf(LF, at) + 1) {
    count += 1
    length = at
  }
  if (count > 0) return { ...run, count, bytes: run.bytes.subarray(0, length) }
  const single = cutRun(run, run.from + 1)
  return single.bytes.length <= room.singleBytesMax ? single : cutRun(run, run.from)
}

/** All of a run in runs of up to `bytesMax` bytes each; a line that is longer has one to itself. */
export function piecesOf<Run extends LineRun>(run: Run, bytesMax: number): Run[] {
  const pieces: Run[] = []
  let { from } = run
  let rest = run.bytes
  while (rest.length > bytesMax) {
    const length = rest.lastIndexOf(LF, bytesMax - 1) + 1 || rest.indexOf(LF, bytesMax) + 1
    const bytes = rest.subarray(0, length)
    const count = countLines(bytes)
    pieces.push({ ...run, from, count, bytes })
    from += count
    rest = rest.subarray(length)
  }
  if (rest.length > 0) pieces.push({ ...run, from, count: run.from + run.count - from, bytes: rest })
  return pieces
}

/** Length of one line of a run, LF included. */
export function lineLengthAt(run: LineRun, seq: number): number {
  const start = offsetOf(run, seq)
  return run.bytes.indexOf(LF, start) + 1 - start
}

function offsetOf(run: LineRun, seq: number): number {
  let offset = 0
  for (let line = run.from; line < seq; line += 1) offset = run.bytes.indexOf(LF, offset) + 1
  return offset
}
