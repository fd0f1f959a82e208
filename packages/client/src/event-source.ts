// Lines read as events of a schema, in the newest version of their type. Typed data is valid data: what does not fit its
// declared type, or has no way to its newest version, is an error or a gap, never an event. Types the schema does not
// declare are counted and passed over.
import { LedgerError } from '@ledgerd/schema'
import type { DecodedEvent, EventMap, LedgerSchema, TypeName } from '@ledgerd/schema'
import type { LedgerEvent } from './ledger-event.ts'
import type { Line } from './line-buffer.ts'
import type { LineStream } from './line-stream.ts'
import type { PullSource } from './pull-iterator.ts'
import { undeclaredTypesMax } from './settings.ts'

/** Lines passed over because the schema does not declare their type. */
export class UndeclaredTypes {
  readonly #counts = new Map<string, number>()
  #lines = 0

  get lines(): number {
    return this.#lines
  }

  /** By type; types beyond the bound are in `lines` only. */
  get byType(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  count(type: string): void {
    this.#lines += 1
    const known = this.#counts.get(type)
    if (known !== undefined || this.#counts.size < undeclaredTypesMax) this.#counts.set(type, (known ?? 0) + 1)
  }
}

export interface EventSourceOptions<Events extends EventMap> {
  readonly schema: LedgerSchema<Events>
  readonly onInvalid: 'throw' | 'gap'
  readonly undeclared: UndeclaredTypes
}

export class EventSource<Events extends EventMap, Type extends TypeName<Events>>
  implements PullSource<LedgerEvent<Events, Type>>
{
  readonly #stream: LineStream
  readonly #options: EventSourceOptions<Events>

  constructor(stream: LineStream, options: EventSourceOptions<Events>) {
    this.#stream = stream
    this.#options = options
  }

  open(): void {
    this.#stream.open()
  }

  pull(): LedgerEvent<Events, Type> | undefined {
    for (let line = this.#stream.take(); line !== undefined; line = this.#stream.take()) {
      const event = this.#read(line)
      if (event !== undefined) return event as LedgerEvent<Events, Type>
    }
    return undefined
  }

  whenReadable(): Promise<boolean> {
    return this.#stream.whenReadable()
  }

  stop(): void {
    this.#stream.stop()
  }

  #read(line: Line): LedgerEvent<Events> | undefined {
    if (isBlank(line.line)) return undefined
    const { schema, undeclared } = this.#options
    try {
      const event = readEvent(schema, line)
      if (event === undefined) undeclared.count(schema.routeOf(line.line)?.type ?? '')
      return event
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      if (this.#options.onInvalid === 'throw') {
        this.#stream.fail(error)
        throw error
      }
      const { ledger, seq } = line
      this.#stream.statuses.emit({ status: 'gap', ledger, from: seq, to: seq + 1, reason: 'invalid' })
      return undefined
    }
  }
}

/**
 * The event of a line in the newest version of its type; undefined if its type is not declared. Throws EVENT_INVALID, and
 * UPCAST_MISSING for a version without a way to the newest, both with the line's number.
 */
export function readEvent<Events extends EventMap>(
  schema: LedgerSchema<Events>,
  { ledger, seq, line }: Line,
): LedgerEvent<Events> | undefined {
  let event: DecodedEvent
  try {
    event = schema.decode(line)
  } catch (cause) {
    const said = cause instanceof LedgerError ? `: ${cause.message}` : ''
    throw invalid(ledger, seq, `is no event of ${schema.name}${said}`, cause)
  }
  const state = schema.payloadState(event)
  const { eventId, type, link, time, meta, version } = event
  if (state === 'undeclared' && !Object.hasOwn(schema.events, type)) return undefined
  if (state === 'invalid') throw invalid(ledger, seq, `does not fit its type ${type}`)
  const { data } = upcast(schema, event, { ledger, seq })
  // Declared, and yet not interpreted: a family may set other lines aside than those of other versions.
  if (state === 'undeclared') return undefined
  // The schema has just said that data has the declared type.
  const read = { ledger, seq, type, data, link, meta, time, eventId, storedVersion: version, line }
  return read as unknown as LedgerEvent<Events>
}

/** The event in its newest version. Its errors say which line they are about. */
function upcast<Events extends EventMap>(
  schema: LedgerSchema<Events>,
  event: DecodedEvent,
  place: Pick<Line, 'ledger' | 'seq'>,
): DecodedEvent {
  try {
    return schema.upcast(event)
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause
    const said = cause.message.slice(cause.code.length + 2)
    const details = { ...cause.details, ...place }
    throw new LedgerError(cause.code, `line ${place.seq} of ${place.ledger}: ${said}`, { details, cause })
  }
}

function invalid(ledger: string, seq: number, flaw: string, cause?: unknown): LedgerError {
  return new LedgerError('EVENT_INVALID', `line ${seq} of ${ledger} ${flaw}`, { details: { ledger, seq }, cause })
}

/** Blank lines of adopted files: spaces, tabs, CR. */
function isBlank(line: Uint8Array): boolean {
  for (const byte of line) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false
  return true
}
