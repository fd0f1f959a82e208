// `created_at` is written in milliseconds with `Z` (formats §6.1). A writer's own time in another spelling is respelled
// if that loses nothing.
import { instantMs } from '@ledgerd/schema'

const encoder = new TextEncoder()

/** `2026-01-28T19:03:01.000Z`. */
export function formatCreatedAt(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

/** Unix milliseconds, rounded down; undefined if the text is no instant. */
export function parseCreatedAt(text: string): number | undefined {
  const bytes = encoder.encode(text)
  const timeMs = instantMs(bytes, 0, bytes.length)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** The same instant as it is written; undefined if it is no instant or finer than a millisecond. */
export function respellCreatedAt(text: string): string | undefined {
  const timeMs = parseCreatedAt(text)
  const isFiner = /\.\d{3}\d*[1-9]/.test(text)
  return timeMs === undefined || isFiner ? undefined : formatCreatedAt(timeMs)
}
