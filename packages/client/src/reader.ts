// The reading half of a handle: streams of lines or of typed events over one ledger or several.
import type { StreamStart } from '@ledgerd/protocol'
import { isLedgerId } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'
import type { EventMap, TypeName } from '@ledgerd/schema'
import type { Context } from './context.ts'
import { EventSource, UndeclaredTypes } from './event-source.ts'
import type { FollowStatus } from './follow-status.ts'
import type { LedgerEvent } from './ledger-event.ts'
import type { Line } from './line-buffer.ts'
import { LineStream } from './line-stream.ts'
import { PullIterator } from './pull-iterator.ts'

/** `start`, `end`, a cursor, a negative number of lines from the end, or the first line not earlier than a time. */
export type From = 'start' | 'end' | number | { readonly time: string | Date }

interface StreamChoice {
  /** Default `start`. */
  readonly from?: From
  /** Where single ledgers start, in place of `from`: the number of the next line. */
  readonly cursors?: Readonly<Record<string, number>>
  readonly link?: string
  /** Aborting it ends a stream that follows; one that reads up to the head throws ABORTED. */
  readonly signal?: AbortSignal
}

export interface LineOptions extends StreamChoice {
  readonly types?: readonly string[]
  /** Goes on with the lines to come. */
  readonly follow?: boolean
  readonly deadlineMs?: number
}

export interface FollowOptions<Type extends string> extends StreamChoice {
  readonly types?: readonly Type[]
  /**
   * What a line does that does not fit its declared type, or cannot be brought to its newest version: throw EVENT_INVALID
   * or UPCAST_MISSING (default), or be a `gap` status.
   */
  readonly onInvalid?: 'throw' | 'gap'
}

export interface ReadOptions<Type extends string> extends FollowOptions<Type> {
  readonly deadlineMs?: number
}

/** Events as they come, for one reader; `status()` says how the stream stands, to any number of them. */
export interface Follow<Event> extends AsyncIterable<Event> {
  status(): AsyncIterable<FollowStatus>
}

export class Reader<Events extends EventMap> {
  readonly #ledgers: readonly string[]
  readonly #context: Context<Events>
  readonly #streams = new Set<LineStream>()
  readonly #undeclared = new UndeclaredTypes()
  #isClosed = false

  constructor(ledgers: readonly string[], context: Context<Events>) {
    this.#ledgers = ledgers
    this.#context = context
  }

  get undeclared(): UndeclaredTypes {
    return this.#undeclared
  }

  lines(options: LineOptions = {}): AsyncIterableIterator<Line> {
    const stream = this.#stream(options, { isLive: options.follow === true, deadlineMs: options.deadlineMs })
    return new PullIterator<Line>({
      open: () => stream.open(),
      pull: () => stream.take(),
      whenReadable: () => stream.whenReadable(),
      stop: () => stream.stop(),
    })
  }

  read<Type extends TypeName<Events> = TypeName<Events>>(
    options: ReadOptions<Type> = {},
  ): AsyncIterableIterator<LedgerEvent<Events, Type>> {
    const stream = this.#stream(options, { isLive: false, deadlineMs: options.deadlineMs })
    return new PullIterator(this.#events<Type>(stream, options))
  }

  follow<Type extends TypeName<Events> = TypeName<Events>>(
    options: FollowOptions<Type> = {},
  ): Follow<LedgerEvent<Events, Type>> {
    const stream = this.#stream(options, { isLive: true, deadlineMs: undefined })
    const events = new PullIterator(this.#events<Type>(stream, options))
    return {
      [Symbol.asyncIterator]: () => events,
      status() {
        stream.open()
        return stream.statuses.read()
      },
    }
  }

  /** Ends every stream. */
  close(): void {
    this.#isClosed = true
    for (const stream of [...this.#streams]) stream.closeByOwner()
  }

  #events<Type extends TypeName<Events>>(
    stream: LineStream,
    { onInvalid = 'throw' }: FollowOptions<Type>,
  ): EventSource<Events, Type> {
    return new EventSource(stream, { schema: this.#context.schema, onInvalid, undeclared: this.#undeclared })
  }

  #stream(
    choice: StreamChoice & { readonly types?: readonly string[] },
    { isLive, deadlineMs }: { readonly isLive: boolean; readonly deadlineMs: number | undefined },
  ): LineStream {
    if (this.#isClosed) throw new LedgerError('CLOSED', 'the ledger is closed', { outcome: 'absent' })
    const { connection, platform, settings } = this.#context
    const { types, link, signal } = choice
    if (types?.length === 0) throw new LedgerError('REQUEST_INVALID', 'types must name at least one type')
    const stream = new LineStream(
      {
        ledgers: this.#ledgers,
        from: streamStart(choice.from ?? 'start'),
        cursors: checkCursors(choice.cursors ?? {}),
        isLive,
        types,
        link,
        signal,
        deadlineMs: deadlineMs ?? settings.deadlineMs,
      },
      connection,
      platform,
      settings,
      (closing) => this.#streams.delete(closing),
    )
    this.#streams.add(stream)
    return stream
  }
}

function streamStart(from: From): StreamStart {
  if (from === 'start' || from === 'end') return from
  if (typeof from === 'number') {
    if (Number.isSafeInteger(from)) return from === 0 ? 0 : from
  } else if (from.time instanceof Date) {
    if (!Number.isNaN(from.time.getTime())) return { time: from.time.toISOString() }
  } else if (!Number.isNaN(Date.parse(from.time))) {
    return { time: from.time }
  }
  throw new LedgerError('REQUEST_INVALID', 'from must be "start", "end", a safe integer or a valid time')
}

function checkCursors(cursors: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  for (const [ledger, seq] of Object.entries(cursors)) {
    if (!isLedgerId(ledger) || !Number.isSafeInteger(seq) || seq < 0) {
      throw new LedgerError('REQUEST_INVALID', `the cursor of ${JSON.stringify(ledger)} must be a safe integer from 0`)
    }
  }
  return cursors
}
