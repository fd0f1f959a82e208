// Lines from a pipe. There is no going back in it, so positions that need the end are refused.
import { LineSplitter, type SplitLine } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { LineItem } from './line-item.ts'
import type { Position } from './position.ts'
import { schemaOfBeginning, type SchemaFlags } from './schema-choice.ts'

/** Yields the lines of a stream from one position up to another. Throws CliError for one that needs the end. */
export async function* stdinLines(
  stdin: AsyncIterable<Uint8Array>,
  from: Position,
  to: Position | undefined,
  flags: SchemaFlags,
): AsyncGenerator<LineItem> {
  if (from.kind === 'last' || from.kind === 'end' || to?.kind === 'last')
    throw new CliError(exitCodes.usage, 'stdin has no end to count from', 'ledgerd tail FILE')
  const splitter = new LineSplitter({ lineBytesMax: Number.MAX_SAFE_INTEGER })
  let seq = 0
  let isStarted = false
  let schema: LedgerSchema | undefined
  const isReached = (position: Position, at: number, line: Uint8Array): boolean => {
    if (position.kind === 'seq') return at >= position.seq
    if (position.kind === 'time') return (schema?.timeMsOf(line) ?? Number.NaN) >= position.timeMs
    if (position.kind !== 'event') return true
    return schema?.eventIdOf(line) === (schema?.identityOf?.(position.eventId) ?? position.eventId)
  }
  const place = (line: SplitLine): LineItem | 'before' | 'behind' => {
    if (to !== undefined && to.kind !== 'end' && isReached(to, seq, line.bytes)) return 'behind'
    isStarted ||= isReached(from, seq, line.bytes)
    const item = { ledger: 'stdin', seq, offset: line.offset, bytes: line.bytes, schema }
    seq++
    return isStarted ? item : 'before'
  }
  for await (const chunk of stdin) {
    schema ??= await schemaOfBeginning(chunk, flags)
    for (const line of splitter.push(chunk)) {
      const item = place(line)
      if (item === 'behind') return
      if (item !== 'before') yield item
    }
  }
  const last = splitter.end()
  const item = last === undefined ? 'before' : place(last)
  if (typeof item !== 'string') yield item
}
