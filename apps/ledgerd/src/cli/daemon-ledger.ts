// A ledger as a daemon gives it: exact lines from any position, one line, and how it stands. The client is loaded when a
// daemon is asked: most commands read files.
import { LedgerError } from '@ledgerd/schema/errors'
import type { Checkpoint } from '@ledgerd/verify'
import { rawLines } from '../schemas/raw-lines.ts'
import { daemonAddress, type DaemonAddress, type DaemonFlags } from './daemon-address.ts'
import { errorOfAnswer, httpCall } from './http-call.ts'
import type { Io } from './io.ts'
import type { LineItem } from './line-item.ts'
import { noticesOn } from './notice.ts'
import type { Position } from './position.ts'
import { DaemonSchemas, type SchemaFlags } from './schema-choice.ts'

/** Lines come as bytes; whoever prints them knows their schema. */
const bytesOnly = rawLines('any')

const callTimeoutMs = 30_000
const chunkBytes = 256 << 10

export interface DaemonLedger extends AsyncDisposable {
  /** The whole ledger as bytes, up to the size that the daemon states with its root. */
  everything(): Promise<{ readonly chunks: AsyncIterable<Uint8Array>; readonly checkpoint: Checkpoint }>
  /** One line. Throws EVENT_NOT_FOUND. */
  line(at: number | { readonly eventId: string }): Promise<LineItem>
  /** The cursor that a position stands for now. */
  resolve(position: Position): Promise<number>
}

/** Opens one ledger. Does no I/O yet. */
export async function openDaemonLedger(
  ledger: string,
  flags: DaemonFlags & SchemaFlags,
  io: Io,
  options: { readonly isSchemaWanted: boolean } = { isSchemaWanted: false },
): Promise<DaemonLedger> {
  const { connect } = await import('@ledgerd/client')
  const schemas = options.isSchemaWanted ? new DaemonSchemas(flags, io) : undefined
  const address = daemonAddress(flags, io.env)
  const { url, token } = address
  const signal = io.interrupted
  const handle = connect({ ledger, schema: bytesOnly, url, signal, ...(token === undefined ? {} : { token }) })
  const seqOf = async (eventId: string): Promise<number> => {
    try {
      const event = await handle.get({ eventId }, { signal })
      if (event !== undefined) return event.seq
    } catch (error) {
      // A line of an undeclared type is found all the same; the error names where.
      const { seq } = error instanceof LedgerError && error.code === 'EVENT_INVALID' ? error.details : {}
      if (typeof seq === 'number') return seq
      throw error
    }
    throw new LedgerError('EVENT_NOT_FOUND', `${ledger} has no event ${eventId}`)
  }
  return {
    everything: async () => {
      await assertReachable(flags, io)
      const { size, bytes, root } = await handle.stat({ signal })
      if (typeof root !== 'string') throw new LedgerError('BUSY', `${ledger} is still being opened; try again shortly`)
      const lines = handle.lines({ from: 'start', signal })
      return {
        chunks: joinLines(lines, size),
        checkpoint: { name: 'daemon', lines: size, bytes, root: root.replace(/^sha256:/, '') },
      }
    },
    line: async (at) => {
      await assertReachable(flags, io)
      const seq = typeof at === 'number' ? at : await seqOf(at.eventId)
      const bytes = await fetchLine(ledger, seq, address, signal)
      return { ledger, seq, offset: undefined, bytes, schema: await schemas?.of(ledger) }
    },
    resolve: async (position) => {
      if (position.kind === 'start') return 0
      if (position.kind === 'seq') return position.seq
      if (position.kind === 'event') return await seqOf(position.eventId)
      const { size } = await handle.stat({ signal })
      if (position.kind === 'end') return size
      if (position.kind === 'last') return Math.max(0, size - position.lines)
      const time = new Date(position.timeMs)
      for await (const line of handle.lines({ from: { time }, signal })) return line.seq
      return size
    },
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

async function fetchLine(
  ledger: string,
  seq: number,
  address: DaemonAddress,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const path = `/v1/ledgers/${ledger}/lines/${seq}`
  const answer = await httpCall(address, { method: 'GET', path, timeoutMs: callTimeoutMs, signal })
  if (answer.status !== 200) throw errorOfAnswer(answer)
  return answer.body.subarray(0, answer.body.length - 1)
}

export interface DaemonLinesOptions {
  /** Ids or patterns. */
  readonly ledgers: readonly string[]
  readonly from: 'start' | 'end' | number | { readonly time: Date }
  readonly isFollowing: boolean
  readonly types: readonly string[] | undefined
  readonly link: string | undefined
  readonly flags: DaemonFlags & SchemaFlags
  /** Whether each line comes with its schema. */
  readonly isSchemaWanted: boolean
  readonly onNotice: (sentence: string) => void
}

const watchMs = 1000

/** Lines of ledgers as one stream, across restarts of the daemon, each once and in order. */
export async function* daemonLines(options: DaemonLinesOptions, io: Io): AsyncGenerator<LineItem> {
  const { ledgers, from, isFollowing, types, link, flags, isSchemaWanted, onNotice } = options
  const schemas = isSchemaWanted ? new DaemonSchemas(flags, io) : undefined
  const { url, token } = daemonAddress(flags, io.env)
  await assertReachable(flags, io)
  const { connectAll } = await import('@ledgerd/client')
  const group = connectAll({ ledgers, schema: bytesOnly, url, ...(token === undefined ? {} : { token }) })
  const lines = group.lines({
    from,
    follow: isFollowing,
    signal: io.interrupted,
    ...(types === undefined ? {} : { types }),
    ...(link === undefined ? {} : { link }),
  })
  let wasCut = false
  const watch = setInterval(() => {
    const isCut = group.stats().connection !== 'open'
    if (isCut !== wasCut)
      onNotice(
        isCut ? 'the daemon is away; trying again until it is back' : 'the daemon is back; going on where it was',
      )
    wasCut = isCut
  }, watchMs)
  try {
    for await (const { ledger, seq, line } of lines)
      yield { ledger, seq, offset: undefined, bytes: line, schema: await schemas?.of(ledger) }
  } finally {
    clearInterval(watch)
    await group.close()
  }
}

/** Fails at once when nobody listens, rather than after the client's retries. */
async function assertReachable(flags: DaemonFlags, io: Io): Promise<void> {
  await httpCall(daemonAddress(flags, io.env), {
    method: 'GET',
    path: '/healthz',
    timeoutMs: callTimeoutMs,
    signal: io.interrupted,
    onSilence: noticesOn(io, flags),
  })
}

async function* joinLines(
  lines: AsyncIterable<{ readonly seq: number; readonly line: Uint8Array }>,
  count: number,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  let length = 0
  const lineFeed = Uint8Array.of(0x0a)
  if (count === 0) return
  for await (const { seq, line } of lines) {
    pieces.push(line, lineFeed)
    length += line.length + 1
    const isLast = seq === count - 1
    if (length < chunkBytes && !isLast) continue
    yield Buffer.concat(pieces)
    pieces = []
    length = 0
    if (isLast) return
  }
}
