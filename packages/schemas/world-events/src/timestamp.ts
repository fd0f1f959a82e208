// The two spellings of a timestamp that writers of this family use (formats §2.2, §2.3).

/** `2026-02-27T14:23:01.452Z`. */
export function formatSeedTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

/** Python's isoformat of an aware UTC time: microseconds, left out when they are 0. */
export function formatOriginalTimestamp(timeMs: number): string {
  const text = new Date(timeMs).toISOString()
  const millis = text.slice(20, 23)
  return `${text.slice(0, 19)}${millis === '000' ? '' : `.${millis}000`}+00:00`
}
