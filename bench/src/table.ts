// Tables in Markdown, which reads as well in a terminal as in the README.

/** Aligns the columns. The first `textColumns` go left, the others are figures and go right. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[], textColumns = 1): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length), 3),
  )
  const pad = (text: string, column: number, width: number): string =>
    column < textColumns ? text.padEnd(width) : text.padStart(width)
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', column, width)).join(' | ')} |`
  const rule = widths.map((width, column) => (column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}

/** 812, 4.4 k, 134 k, 1.2 M: two significant digits are what a shared machine can tell. */
export function formatCount(count: number): string {
  if (Number.isNaN(count)) return '–'
  if (count < 999.5) return count.toFixed(0)
  if (count < 999_500) return `${formatShort(count / 1000)} k`
  return `${formatShort(count / 1e6)} M`
}

export function formatRatio(ratio: number): string {
  return Number.isNaN(ratio) ? '–' : `${ratio < 0.095 ? ratio.toFixed(3) : ratio.toFixed(2)}x`
}

export function formatMs(ms: number): string {
  if (Number.isNaN(ms)) return '–'
  return ms < 10 ? `${ms.toFixed(2)} ms` : ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`
}

export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`
  return Math.abs(bytes) < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

function formatShort(value: number): string {
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0)
}
