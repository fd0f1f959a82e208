// One page for each event type: fields with what they stand for, versions, and what each step made of real samples.
import type { Meaning } from '@ledgerd/schema'
import type { FrozenNode } from '../frozen/frozen-node.ts'
import { isOptional } from '../frozen/frozen-node.ts'
import type { GoldenCase, GoldenStep } from '../lock/golden.ts'
import type { SchemaLock } from '../lock/lock-file.ts'
import { samplesOf } from '../lock/samples.ts'
import { maskValue } from './mask-value.ts'
import { typeText } from './type-text.ts'

/** What one ledger holds of one version of one type. */
export interface StoredVersion {
  readonly ledger: string
  readonly lines: number
  readonly firstSeq: number
  readonly lastSeq: number
  /** The payload of its first line, and what the newest version makes of it; absent if it cannot be read. */
  readonly example?: GoldenCase
}

/** By `<type>@<version>`; the ledgers in the order they were read. */
export type StoredVersions = ReadonlyMap<string, readonly StoredVersion[]>

const nothingStored: StoredVersions = new Map()

/** The page of one type, in Markdown. Values that are somebody's are masked. */
export function docsPage(lock: SchemaLock, type: string, stored: StoredVersions = nothingStored): string {
  const versions = lock.schema.events[type] ?? []
  const newest = versions.at(-1)
  const parts = [
    `# ${type}`,
    `${lock.schema.name} ${lock.schema.version}; version ${versions.length} of this type.`,
    ...(newest === undefined
      ? []
      : ['## Fields', fieldTable(newest.node), '## Example', fenced(richest(samplesOf(newest.node)))]),
    '## Versions',
    versionTable(lock, type, stored),
    ...(lock.golden[type] ?? []).flatMap((step) => stepParts(lock, type, step, stored)),
    '## Links',
    linkList(lock),
  ]
  return `${parts.join('\n\n')}\n`
}

/** A real line of the old version where there is one; else the first golden sample. */
function stepParts(
  { schema }: SchemaLock,
  type: string,
  { from, to, cases }: GoldenStep,
  stored: StoredVersions,
): readonly string[] {
  const versions = schema.events[type] ?? []
  const held = stored.get(`${type}@${from}`)?.find(({ example }) => example !== undefined)
  const shown = held?.example ?? cases[0]
  if (shown === undefined) return [`## From ${from} to ${to}`, 'No sample of the old version is known.']
  const nodeOf = (version: number): FrozenNode => versions[version - 1]?.node ?? { kind: 'anything' }
  const source = held === undefined ? 'A line that was stored as' : `Line ${held.firstSeq} of ${held.ledger}, stored as`
  const reached = held === undefined ? to : versions.length
  return [
    `## From ${from} to ${to}`,
    source,
    fenced(maskValue(nodeOf(from), shown.old)),
    reached === to ? 'reads as' : `reads, in version ${reached}, as`,
    fenced(maskValue(nodeOf(reached), shown.new)),
  ]
}

/** The page that leads to the others. `fileOf` names the page of a type. */
export function docsIndex({ schema }: SchemaLock, fileOf: (type: string) => string): string {
  const rows = Object.entries(schema.events).map(
    ([type, versions]) => `| [${type}](${encodeURI(fileOf(type))}) | ${versions.length} |`,
  )
  const { line } = schema
  const said = Object.entries(line).map(
    ([name, value]) => `- ${name}: \`${Array.isArray(value) ? value.join('`, `') : String(value)}\``,
  )
  return `# ${schema.name} ${schema.version}\n\nDigest \`${schema.digest}\`.\n\n| event | version |\n| --- | --- |\n${rows.join('\n')}\n\n## The line\n\n${said.join('\n')}\n`
}

/** The sample with the most to show. */
function richest(samples: readonly unknown[]): unknown {
  const length = (sample: unknown): number => JSON.stringify(sample).length
  return samples.reduce((best, sample) => (length(sample) > length(best) ? sample : best), samples[0] ?? null)
}

function fieldTable(node: FrozenNode): string {
  const rows = fieldRows(node, '', false)
  return ['| field | type | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function fieldRows(node: FrozenNode, path: string, isBelow: boolean): readonly string[] {
  if (node.kind === 'object')
    return Object.keys(node.members)
      .sort()
      .flatMap((name) => {
        const member = node.members[name] as FrozenNode
        const mark = isOptional(node, name) ? ' (may be missing)' : ''
        const below = member.kind === 'object' || member.kind === 'record' || member.kind === 'array'
        const row = `| \`${cell(`${path}/${name}`)}\`${mark} | ${cell(shortType(member))} | ${cell(meaningText(member.meaning))} |`
        return [row, ...(below ? fieldRows(member, `${path}/${name}`, true) : [])]
      })
  if (node.kind === 'record') return fieldRows(node.values, `${path}/*`, isBelow)
  if (node.kind === 'array') return fieldRows(node.items, `${path}/*`, isBelow)
  if (node.kind === 'union' && !isBelow) return node.options.flatMap((option) => fieldRows(option, path, isBelow))
  return []
}

function shortType(node: FrozenNode): string {
  if (node.kind === 'object' || node.kind === 'record') return node.kind
  const named = ['decimal', 'instant', 'int', 'float'].includes(node.kind) ? node.kind : undefined
  return node.kind === 'hash' ? `hash ${node.algo ?? ''}` : (named ?? typeText(node).replaceAll(/\s+/g, ' '))
}

function meaningText(meaning: Meaning | undefined): string {
  return Object.entries(meaning ?? {})
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ')
}

function versionTable({ schema, since }: SchemaLock, type: string, held: StoredVersions): string {
  const rows = (schema.events[type] ?? []).map(({ version, digest }) => {
    const stored = (held.get(`${type}@${version}`) ?? [])
      .map(({ ledger, lines, firstSeq, lastSeq }) => `${cell(ledger)}: ${lines} lines, seq ${firstSeq} to ${lastSeq}`)
      .join('; ')
    return `| ${version} | ${since[type]?.[version - 1] ?? ''} | \`${digest}\` | ${stored} |`
  })
  return ['| version | since package | digest | stored |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function linkList({ schema }: SchemaLock): string {
  const links = Object.entries(schema.links).map(
    ([name, { path, cardinality }]) => `- ${name}: \`${path}\`, ${cardinality}`,
  )
  return links.length === 0 ? 'None declared.' : links.join('\n')
}

function fenced(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
