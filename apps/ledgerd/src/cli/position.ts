// Where to begin and end reading: start, end, now, N, -N, @time, @-15m, or an event id (cli.md §1 of the design).
import { beginsWithDay } from '@ledgerd/protocol'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'

export type Position =
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  /** A cursor: the sequence number of the next line. */
  | { readonly kind: 'seq'; readonly seq: number }
  /** That many lines from the end. */
  | { readonly kind: 'last'; readonly lines: number }
  /** The first line that is not earlier. */
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'event'; readonly eventId: string }

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Parses a position. Throws CliError. */
export function parsePosition(text: string, nowMs: number): Position {
  if (text === 'start') return { kind: 'start' }
  if (text === 'end' || text === 'now') return { kind: 'end' }
  if (/^\d{1,15}$/.test(text)) return { kind: 'seq', seq: Number(text) }
  if (/^-\d{1,15}$/.test(text)) return { kind: 'last', lines: -Number(text) }
  if (text.startsWith('@')) return { kind: 'time', timeMs: parseTime(text.slice(1), nowMs) }
  if (/^[A-Za-z0-9][\w.:-]{0,255}$/.test(text)) return { kind: 'event', eventId: text }
  throw new CliError(
    exitCodes.usage,
    `${text} is no position`,
    'start, end, 42, -10, @2026-03-01T10:00Z, @-15m, or an event id',
  )
}

function parseTime(text: string, nowMs: number): number {
  const ago = /^-(\d{1,9})([smhd])$/.exec(text)
  if (ago !== null) return nowMs - Number(ago[1]) * (unitMs[ago[2] as string] as number)
  const isZoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
  const timeMs = isZoned && beginsWithDay(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(timeMs))
    throw new CliError(
      exitCodes.usage,
      `@${text} is no time`,
      'with a zone, as @2026-03-01T10:00Z, or back from now, as @-15m',
    )
  return timeMs
}
