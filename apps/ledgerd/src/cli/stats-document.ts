// What `ledgerd stats` says of one ledger: the document of `--json`, and its form for people.
import { builtInFamilyOf } from '../schemas/built-in.ts'
import { formatBytes, formatCount, formatLines } from './figures.ts'
import { neutralize } from './neutralize.ts'
import type { Colors } from './output-flags.ts'

/** Counted from the lines alone, so the same by file and by daemon. */
export interface Counted {
  /** Those that end in LF, blank ones included. */
  readonly lines: number
  readonly blankLines: number
  /** Of the lines, LF included. */
  readonly bytes: number
  /** Of the lines, which for a file that ends in LF is the hash of the file. */
  readonly sha256: string
  /** RFC 6962 root over the lines, `sha256:<hex>`. */
  readonly root: string
  readonly types: Readonly<Record<string, number>>
  /** Lines whose type cannot be read. */
  readonly untyped: number
  /** Which documented form each line matched, as far as one did. */
  readonly variants: Readonly<Record<string, number>>
  /** RFC 3339, the earliest and the latest time of any line. */
  readonly earliest: string | null
  readonly latest: string | null
  /** kernel-runs: the hash of Ledger Specification §5.3; null elsewhere, and where a line has no canonical text. */
  readonly ledgerHash: string | null
}

/** Why a ledger takes no appends. */
export interface Stopped {
  readonly reason: string
  /** RFC 3339; null where only a daemon could know. */
  readonly since: string | null
  readonly message: string
  readonly remedy: string
}

/** How the ledger stands, as its daemon or its sidecar says; null where neither does. */
export interface Standing {
  readonly epoch: number | null
  readonly state: string | null
  readonly stop: Stopped | null
  /** Bytes behind the committed end, or behind the last LF where nothing says what is committed. */
  readonly tailBytes: number
  /** Lines of a damaged ledger that its daemon does not give out, and so not counted. */
  readonly withheldLines: number
}

export interface Stats extends Counted, Standing {
  readonly kind: 'stats'
  readonly v: 1
  readonly target: string
  /** Name and version. */
  readonly schema: string
  /** `sha256:<hex>` of the schema's frozen form; null when it is not at hand. */
  readonly schemaDigest: string | null
}

/** For people, ended by LF. */
export function formatStats(stats: Stats, colors: Colors): string {
  const { target, lines, bytes, sha256, earliest, latest } = stats
  const row = (name: string, text: string): string => `  ${name.padEnd(11)}  ${text}`
  const out = [
    `${colors.bold(neutralize(target))}   ${formatLines(lines)}   ${formatBytes(bytes)}   ${sha256}`,
    row('schema', neutralize(stats.schema)),
    ...(stats.schemaDigest === null ? [] : [row('digest', stats.schemaDigest)]),
    row('types', typesText(stats)),
    row('variants', tally(stats.variants)),
    row('times', earliest === null ? 'none' : `${earliest} to ${latest ?? ''}`),
    row('root', stats.root),
    ...(isKernel(stats) ? [row('ledger hash', stats.ledgerHash ?? 'none: a line is no entry')] : []),
    ...(stats.epoch === null ? [] : [row('epoch', String(stats.epoch))]),
    ...standingRows(stats, row, colors),
    ...(stats.blankLines > 0 ? [row('blank', formatLines(stats.blankLines))] : []),
    ...(stats.tailBytes > 0 ? [row('tail', tailText(stats))] : []),
  ]
  return `${out.join('\n')}\n`
}

/** Lines of a package that was not loaded are not wrong: nobody has read them. */
function typesText({ schema, types, untyped }: Stats): string {
  const [name = ''] = schema.split(' ')
  const isUnread = Object.keys(types).length === 0 && builtInFamilyOf(name) === undefined
  if (untyped > 0 && isUnread)
    return `not read ${formatCount(untyped)}; name their package: --schema ${neutralize(name)}`
  return tally({ ...types, ...(untyped > 0 ? { unreadable: untyped } : {}) })
}

function standingRows(stats: Stats, row: (name: string, text: string) => string, colors: Colors): string[] {
  const { state, stop, withheldLines } = stats
  if (stop === null) return state === null ? [] : [row('state', state)]
  const since = stop.since === null ? '' : `, since ${stop.since}`
  return [
    row('state', `${colors.red('stopped')}: ${neutralize(stop.reason)}${since}`),
    row('', neutralize(stop.message)),
    row('', `what to do: ${neutralize(stop.remedy)}`),
    ...(withheldLines > 0 ? [row('withheld', `${formatLines(withheldLines)}, from the first wrong one on`)] : []),
  ]
}

function tailText({ tailBytes, epoch }: Stats): string {
  const end = epoch === null ? 'the last line feed' : 'the committed end'
  return `${formatBytes(tailBytes)} behind ${end}, not counted`
}

function tally(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${neutralize(name)} ${formatCount(count)}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

function isKernel({ schema }: Stats): boolean {
  return schema.startsWith('@ledgerd/schema-kernel-runs ')
}
