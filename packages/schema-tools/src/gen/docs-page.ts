// One page for each event type: fields with what they stand for, versions, and what each step made of real samples.
import type { Meaning } from '@ledgerd/schema'
import type { FrozenNode } from '../frozen/frozen-node.ts'
import { isOptional } from '../frozen/frozen-node.ts'
import type { SchemaLock } from '../lock/lock-file.ts'
import { samplesOf } from '../lock/samples.ts'
import { typeText } from './type-text.ts'

/** What a ledger holds of one version of one type. */
export interface VersionCount {
  readonly lines: number
  readonly firstSeq: number
  readonly lastSeq: number
}

/** By `<type>@<version>`. */
export type VersionCounts = ReadonlyMap<string, VersionCount>

/** The page of one type, in Markdown. */
export function docsPage(lock: SchemaLock, type: string, counts: VersionCounts = new Map()): string {
  const versions = lock.schema.events[type] ?? []
  const newest = versions.at(-1)
  const parts = [
    `# ${type}`,
    `${lock.schema.name} ${lock.schema.version}; version ${versions.length} of this type.`,
    ...(newest === undefined
      ? []
      : ['## Fields', fieldTable(newest.node), '## Example', fenced(samplesOf(newest.node).at(-1) ?? null)]),
    '## Versions',
    versionTable(lock, type, counts),
    ...(lock.golden[type] ?? []).flatMap(({ from, to, cases }) => {
      const [example] = cases
      const shown = example === undefined ? [] : [fenced(example.old), 'reads as', fenced(example.new)]
      return [`## From ${from} to ${to}`, 'A line that was stored as', ...shown]
    }),
    '## Links',
    linkList(lock),
  ]
  return `${parts.join('\n\n')}\n`
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

function versionTable({ schema, since }: SchemaLock, type: string, counts: VersionCounts): string {
  const rows = (schema.events[type] ?? []).map(({ version, digest }) => {
    const count = counts.get(`${type}@${version}`)
    const stored = count === undefined ? '' : `${count.lines} lines, seq ${count.firstSeq} to ${count.lastSeq}`
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
