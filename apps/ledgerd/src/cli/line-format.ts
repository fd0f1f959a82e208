// How a line is printed: as it stands in the file, as one JSON object, as tab-separated text, or by a template. Bytes
// are never rewritten on their way to a file or pipe; a terminal gets them harmless.
import { parse } from '@ledgerd/canonical'
import type { Io } from './io.ts'
import type { LineItem } from './line-item.ts'
import { neutralize } from './neutralize.ts'
import { type Colors, outputForm, type OutputFlags } from './output-flags.ts'
import { decodeItem, knownNames, RecordValues } from './record-value.ts'
import { fillTemplate, parseTemplate } from './template.ts'

export type LineFormat = (item: LineItem) => Uint8Array | string

/** True if the form shows what only the schema can read of a line. */
export function needsSchema(flags: OutputFlags): boolean {
  return ['json', 'plain', 'template'].includes(outputForm(flags))
}

const decoder = new TextDecoder()

/** The format that the flags ask for. `prefix` puts the ledger in front, when there are several. Throws CliError. */
export function lineFormat(flags: OutputFlags, io: Io, prefix: ((ledger: string) => string) | undefined): LineFormat {
  const harmless = io.isOutTerminal ? neutralize : (text: string): string => text
  switch (outputForm(flags)) {
    case 'raw':
      return ({ bytes }) => withLineFeed(bytes)
    case 'json':
      return (item) => `${harmless(formatJson(item))}\n`
    case 'plain':
      return (item) => `${harmless(formatPlain(item)).replaceAll('\\u0009', '\t')}\n`
    case 'template': {
      const parts = parseTemplate(flags.output ?? '')
      return (item) => `${harmless(fillTemplate(parts, new RecordValues(item)))}\n`
    }
    default:
      if (prefix === undefined && !io.isOutTerminal) return ({ bytes }) => withLineFeed(bytes)
      return ({ ledger, bytes }) => `${prefix?.(ledger) ?? ''}${harmless(decoder.decode(bytes))}\n`
  }
}

/** One colour for each ledger, in the order they first appear. */
export function ledgerPrefix(colors: Colors): (ledger: string) => string {
  const paints = [colors.cyan, colors.green, colors.magenta, colors.yellow, colors.blue]
  const seen = new Map<string, (text: string) => string>()
  return (ledger) => {
    const paint = seen.get(ledger) ?? (paints[seen.size % paints.length] as (text: string) => string)
    seen.set(ledger, paint)
    return `${paint(ledger)} `
  }
}

function withLineFeed(bytes: Uint8Array): Uint8Array {
  const line = new Uint8Array(bytes.length + 1)
  line.set(bytes)
  line[bytes.length] = 0x0a
  return line
}

/** The record goes in as it is spelled, so that no number changes. One that is not JSON goes in as base64. */
function formatJson(item: LineItem): string {
  const { ledger, seq, offset, bytes } = item
  const event = decodeItem(item)
  const { eventId = null, type = null, time = null, link = null } = event ?? {}
  const head = JSON.stringify({
    kind: 'line',
    v: 1,
    ledger,
    seq,
    ...(offset === undefined ? {} : { offset }),
    eventId,
    type,
    time,
    link,
  })
  const isJson = parse(bytes).ok
  const record = isJson
    ? `"record":${decoder.decode(bytes).trim()}`
    : `"record":null,"base64":"${Buffer.from(bytes).toString('base64')}"`
  return `${head.slice(0, -1)},${record}}`
}

function formatPlain(item: LineItem): string {
  const { seq, time, type, eventId, link } = knownNames(item)
  const text = decoder.decode(item.bytes).replaceAll('\t', ' ').replaceAll('\r', '')
  return [item.ledger, seq, time, type, eventId, link, text].join('\t')
}
