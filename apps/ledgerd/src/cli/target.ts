// What a command is pointed at: a ledger of a daemon, a bare file, or stdin (cli.md §1 of the design).
import path from 'node:path'
import { isLedgerId, isLedgerPattern, isWildcard } from '@ledgerd/protocol'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'

export type Target =
  | { readonly kind: 'file'; readonly name: string; readonly path: string; readonly ledger: string }
  | { readonly kind: 'ledger'; readonly name: string; readonly ledger: string }
  | { readonly kind: 'pattern'; readonly name: string; readonly ledger: string }
  | { readonly kind: 'stdin'; readonly name: string; readonly ledger: string }

/**
 * A name that ends in `.jsonl` or starts with `/`, `./` or `../` is a file, `-` is stdin, all else a ledger id or a
 * pattern of ids. `dataFolder`, if given, is where the files of ledger ids lie. Throws CliError.
 */
export function parseTarget(name: string, options: { readonly data?: string; readonly as?: string } = {}): Target {
  if (name === '-') return { kind: 'stdin', name: '-', ledger: options.as ?? 'stdin' }
  if (name.endsWith('.jsonl') || /^\.{0,2}\//.test(name))
    return { kind: 'file', name, path: name, ledger: options.as ?? stem(name) }
  if (isLedgerPattern(name) && isWildcard(name)) return { kind: 'pattern', name, ledger: name }
  if (!isLedgerId(name))
    throw new CliError(
      exitCodes.usage,
      `${name} is neither a ledger id nor a file name`,
      `for a file write ./${name} or a name that ends in .jsonl`,
    )
  if (options.data === undefined) return { kind: 'ledger', name, ledger: name }
  return { kind: 'file', name, path: path.join(options.data, `${name}.jsonl`), ledger: name }
}

/** The ledger id a file has by its name alone; its folder in a data folder is found by the sidecar. */
function stem(file: string): string {
  return path.basename(file).replace(/\.jsonl$/, '')
}
