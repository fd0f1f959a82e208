// Where the last whole line of a file ends: the committed end when no head record says otherwise.
import { readAt } from './durable.ts'

const windowBytes = 64 << 10

/** The offset behind the last LF below `size`; 0 when there is none. Reads backwards, over as much as it takes. */
export function committedEnd(fd: number, size: number): number {
  for (let to = size; to > 0; to -= windowBytes) {
    const from = Math.max(0, to - windowBytes)
    const found = readAt(fd, from, to - from).lastIndexOf(0x0a)
    if (found >= 0) return from + found + 1
  }
  return 0
}
