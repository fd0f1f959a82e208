// The types that callers see of drafts and events, inferred from the schema package: narrowing on `type` narrows `data`.
import type { DataIn, DataOut, EventMap, TypeName } from '@ledgerd/schema'

/** What every event has, whatever its type. */
export interface EventBase {
  readonly ledger: string
  readonly seq: number
  readonly eventId: string
  readonly link: string | null
  readonly time: string
  readonly meta: Readonly<Record<string, unknown>>
  /** The version under which the event was stored. `data` is of the newest; `line` is what was stored. */
  readonly storedVersion: number
  /** The exact bytes, without LF. A view into the frame it came in: copy it to keep it for long. */
  readonly line: Uint8Array
}

/** An event of one of the types `Type`; a union to be narrowed by `event.type`. */
export type LedgerEvent<Events extends EventMap, Type extends TypeName<Events> = TypeName<Events>> = {
  readonly [Name in Type]: EventBase & { readonly type: Name; readonly data: DataOut<Events, Name> }
}[Type]

export interface DraftOptions {
  /** The event's identity. Default: derived from `key`, else random. */
  readonly id?: string
  /** The caller's own name for the event: the same key is the same event, however often it is appended. */
  readonly key?: string
  readonly link?: string | null
  readonly meta?: Readonly<Record<string, unknown>>
}

/** One of the drafts of `appendAll`. */
export type EventDraft<Events extends EventMap> = {
  readonly [Name in TypeName<Events>]: DraftOptions & { readonly type: Name; readonly data: DataIn<Events, Name> }
}[TypeName<Events>]
