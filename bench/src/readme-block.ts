// The part of a README that belongs to the bench.
import { LedgerError } from '@ledgerd/schema'

const startMarker = '<!-- bench:start -->'
const endMarker = '<!-- bench:end -->'

/** The text with what stands between the markers replaced. Throws CONFIG_INVALID when there is not one pair of them. */
export function replaceBenchBlock(readme: string, block: string): string {
  const start = readme.indexOf(startMarker)
  const end = readme.indexOf(endMarker, start)
  if (start === -1 || end === -1 || readme.indexOf(startMarker, start + 1) !== -1) {
    throw new LedgerError('CONFIG_INVALID', `the README needs one ${startMarker} and one ${endMarker} after it`)
  }
  return `${readme.slice(0, start + startMarker.length)}\n\n${block.trim()}\n\n${readme.slice(end)}`
}
