// Frames from client to daemon (PROTOCOL.md §3), as types and as the rules a decoder holds them to.
import { boolean, count, cursorsByName, expectation, integer, isPresentOnce, start, text, texts } from './field.ts'
import type { FrameRules } from './frame-rules.ts'

export interface HelloFrame {
  readonly t: 'hello'
  /** Name and version of the client program, for logs. */
  readonly client: string
  readonly token?: string
}

export interface AppendFrame {
  readonly t: 'append'
  readonly id: number
  readonly ledger: string
  /** Drafts in the body, each ended by LF. */
  readonly n: number
  readonly atomic?: boolean
  readonly expect?: { readonly size: number; readonly root?: string }
  readonly schema?: string
  /** Requests of one run keep their order: none is admitted behind one that was refused for now. */
  readonly run?: number
}

/** `"start"`, `"end"`, a cursor, a negative number of lines from the end, or the first line not earlier than a time. */
export type StreamStart = 'start' | 'end' | number | { readonly time: string }

export interface FollowFrame {
  readonly t: 'follow'
  readonly id: number
  /** Ids or patterns. */
  readonly ledgers: readonly string[]
  readonly from: StreamStart
  /** Overrides `from` for single ledgers. */
  readonly cursors?: Readonly<Record<string, number>>
  readonly live: boolean
  readonly types?: readonly string[]
  readonly link?: string
  /** Bytes of `lines` bodies that may be outstanding. */
  readonly credit: number
}

export interface CreditFrame {
  readonly t: 'credit'
  readonly id: number
  readonly bytes: number
}

export interface StopFrame {
  readonly t: 'stop'
  readonly id: number
}

/** Exactly one of `seq` and `eventId` is given. */
export interface GetFrame {
  readonly t: 'get'
  readonly id: number
  readonly ledger: string
  readonly seq?: number
  readonly eventId?: string
}

export interface StatRequestFrame {
  readonly t: 'stat'
  readonly id: number
  readonly ledger: string
}

/** Sent by either side when it has been silent for `heartbeatMs`; answered with `pong`. */
export interface PingFrame {
  readonly t: 'ping'
}

export interface PongFrame {
  readonly t: 'pong'
}

export type ClientFrame =
  | HelloFrame
  | AppendFrame
  | FollowFrame
  | CreditFrame
  | StopFrame
  | GetFrame
  | StatRequestFrame
  | PingFrame
  | PongFrame

/** Names of ledgers are any text here; `checkRequestedLedgers` judges them. */
export const clientFrameRules: FrameRules<ClientFrame> = {
  hello: { required: { client: text }, optional: { token: text }, body: 'none' },
  append: {
    required: { id: integer, ledger: text, n: count },
    optional: { atomic: boolean, expect: expectation, schema: text, run: integer },
    body: 'lines',
  },
  follow: {
    required: { id: integer, ledgers: texts, from: start, live: boolean, credit: integer },
    optional: { cursors: cursorsByName, types: texts, link: text },
    body: 'none',
  },
  credit: { required: { id: integer, bytes: count }, optional: {}, body: 'none' },
  stop: { required: { id: integer }, optional: {}, body: 'none' },
  get: {
    required: { id: integer, ledger: text },
    optional: { seq: integer, eventId: text },
    body: 'none',
    together: isPresentOnce('seq', 'eventId'),
  },
  stat: { required: { id: integer, ledger: text }, optional: {}, body: 'none' },
  ping: { required: {}, optional: {}, body: 'none' },
  pong: { required: {}, optional: {}, body: 'none' },
}
