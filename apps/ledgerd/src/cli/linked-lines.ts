// `ledgerd get --context`: the events that share a link with one event, in the order of the ledger, and in words what is
// missing among them. What state they led from and to is the business of a replay.
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import type { SourceFlags } from './line-flags.ts'
import type { LineItem } from './line-item.ts'
import { runLines } from './lines-run.ts'
import { noticesOn } from './notice.ts'
import type { Target } from './target.ts'

/** Prints every line with the link of `item`; an event without a link stands alone, and is said to. */
export async function printContext(target: Target, item: LineItem, flags: SourceFlags, io: Io): Promise<number> {
  const { seq, schema, bytes } = item
  const route = schema?.routeOf(bytes)
  if (schema === undefined || route === undefined)
    throw new CliError(exitCodes.no, `seq ${seq} cannot be read as an event of its family`, 'leave --context out')
  const { link } = route
  const say = noticesOn(io, flags)
  const range = link === null ? { from: String(seq), to: String(seq + 1) } : { from: 'start', link }
  let count = 0
  const onPrinted = (printed: number): void => void (count += printed)
  const exitCode = await runLines([target.name], { ...flags, ...range, isFollowing: false }, io, onPrinted)
  if (link === null) say(`seq ${seq} has no link: no other event belongs to it`)
  else if (count < 2) say(`nothing else has the link ${link}: its counterpart was never recorded`)
  return exitCode
}
