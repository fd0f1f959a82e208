// A ledger's lines one window at a time, as fast as they are asked for: the pull side of reading, for HTTP. Holds one
// window and nothing while nobody asks.
import { LedgerError } from '@ledgerd/schema/errors'
import type { LineRun } from '../engine/line-run.ts'
import type { LedgerReader } from '../engine/ports.ts'
import { selectLines } from './line-filter.ts'
import type { LineFilter } from './line-filter.ts'
import { cutRun } from './run-cuts.ts'

export interface LineWindowOptions {
  readonly from: number
  /** Lines in all. */
  readonly linesMax: number
  /** The head to stop at; undefined goes on live until the signal. */
  readonly endAt: number | undefined
  readonly filter: LineFilter | undefined
  readonly windowBytes: number
  readonly signal: AbortSignal
}

export interface LineWindow {
  readonly bytes: Uint8Array
  readonly count: number
}

/** Windows in order, none of them empty. The ledger stays open meanwhile. Throws what `LedgerReader.read` throws. */
export async function* lineWindows(reader: LedgerReader, options: LineWindowOptions): AsyncGenerator<LineWindow> {
  const release = reader.onCommitted(() => {})
  try {
    yield* windowsOf(reader, options)
  } finally {
    release()
  }
}

async function* windowsOf(reader: LedgerReader, options: LineWindowOptions): AsyncGenerator<LineWindow> {
  const { filter, signal, windowBytes } = options
  const end = options.endAt ?? Number.POSITIVE_INFINITY
  let cursor = options.from
  let left = options.linesMax
  while (left > 0 && cursor < end && !signal.aborted) {
    if (cursor >= reader.stat().size) {
      await nextCommit(reader, signal)
      continue
    }
    const run = await reader.read(cursor, windowBytes)
    const wanted = cutRun(run, Math.min(end, filter === undefined ? cursor + left : end))
    const window = filter === undefined ? wanted : pick(wanted, filter, reader, left)
    if (run.count === 0) throw new LedgerError('INTEGRITY_BROKEN', 'committed lines cannot be read')
    cursor += wanted.count
    left -= window.count
    if (window.count > 0) yield window
  }
}

function pick(run: LineRun, filter: LineFilter, reader: LedgerReader, linesMax: number): LineWindow {
  const everything = Number.POSITIVE_INFINITY
  const limits = { bytesMax: everything, singleBytesMax: everything, linesMax }
  const found = selectLines(run, filter, (line) => reader.routeOf(line), limits)
  return { bytes: found.bytes, count: found.seqs.length }
}

/** Settles at the next commit, or when nobody wants to know any more. */
async function nextCommit(reader: LedgerReader, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const detach = reader.onCommitted(() => done())
    const done = (): void => {
      detach()
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
