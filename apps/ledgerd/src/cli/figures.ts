// Figures for people.

/** With thousands separators: 1,204,331. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 line`, `20 lines`. */
export function formatLines(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'line' : 'lines'}`
}

/** Decimal units, three digits: 575 MB. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toPrecision(value >= 10 ? 3 : 2)} ${units[unit] as string}`
}

/** Where a finding lies: line, sequence number and byte, in one form everywhere. */
export function formatPlace(place: { readonly line: number; readonly offset: number }): string {
  const byte = `byte ${place.offset}`
  return place.line === 0 ? byte : `line ${place.line} (seq ${place.line - 1}, ${byte})`
}
