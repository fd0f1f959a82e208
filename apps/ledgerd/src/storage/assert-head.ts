// Whether a file is what its head record says, as far as one look at its end tells: the size, and the last group.
import { sha256Hex } from '@ledgerd/canonical'
import { readAt } from './durable.ts'
import type { HeadRecord } from './head-record.ts'
import { StopSignal } from './stop-signal.ts'

/** Throws StopSignal where acknowledged bytes are missing or others. */
export function assertHead(file: { readonly size: number; readonly readFd: number }, head: HeadRecord): void {
  if (file.size < head.bytes)
    throw new StopSignal('acknowledged-missing', `the file has ${file.size} bytes, ${head.bytes} were acknowledged`)
  if (sha256Hex(readAt(file.readFd, head.groupStart, head.bytes - head.groupStart)) !== head.groupHash)
    throw new StopSignal(
      'acknowledged-damaged',
      `bytes ${head.groupStart} to ${head.bytes} are not those that were acknowledged`,
    )
}
