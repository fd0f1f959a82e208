// Moves lines from a source to stdout: filtered, formatted, gathered into few writes while more is at hand.
import type { Io } from './io.ts'
import type { LineFormat } from './line-format.ts'
import { type LineFilter, type LineItem, passes } from './line-item.ts'

const gatherBytes = 64 << 10

export interface PrintOptions {
  readonly filter: LineFilter
  readonly format: LineFormat
  /** Write each line at once: somebody is waiting for it. */
  readonly isPrompt: boolean
}

/** Prints what the source yields; returns how many lines were printed. */
export async function printLines(lines: AsyncIterable<LineItem>, options: PrintOptions, io: Io): Promise<number> {
  const { filter, format, isPrompt } = options
  let gathered: Uint8Array[] = []
  let length = 0
  let count = 0
  for await (const item of lines) {
    if (!passes(filter, item)) continue
    const text = format(item)
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    gathered.push(bytes)
    length += bytes.length
    count++
    if (!isPrompt && length < gatherBytes) continue
    await io.write(gathered.length === 1 ? bytes : Buffer.concat(gathered))
    gathered = []
    length = 0
  }
  if (length > 0) await io.write(Buffer.concat(gathered))
  return count
}
