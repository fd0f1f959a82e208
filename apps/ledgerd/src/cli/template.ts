// `-o '{seq} {type} {data.status}'`: names in braces, dots into the record; what is not there is empty.
import { formatNode, type JsonNode } from '@ledgerd/canonical'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { RecordValues } from './record-value.ts'

export type TemplatePart = { readonly text: string } | { readonly path: readonly string[] }

/** Parses a template. `{{` and `}}` stand for braces. Throws CliError. */
export function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g
  for (const [whole, path] of template.matchAll(token)) {
    if (whole === '{{' || whole === '}}') parts.push({ text: whole[0] as string })
    else if (path !== undefined && path !== '') parts.push({ path: path.split('.') })
    else if (whole.startsWith('{') || whole === '}')
      throw new CliError(
        exitCodes.usage,
        `the template ${template} has a brace that nothing closes or fills`,
        "-o '{seq} {type}'",
      )
    else parts.push({ text: whole.replaceAll('\\t', '\t').replaceAll('\\n', '\n') })
  }
  return parts
}

/** Fills a template from what is known of a line first, then from its record. */
export function fillTemplate(parts: readonly TemplatePart[], values: RecordValues): string {
  return parts.map((part) => ('text' in part ? part.text : show(values.at(part.path)))).join('')
}

function show(value: JsonNode | string | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : showNode(value)
}

function showNode(node: JsonNode): string {
  if (node.kind === 'string') return node.value
  if (node.kind === 'number' || node.kind === 'non-finite') return node.lexeme
  if (node.kind === 'literal') return String(node.value)
  const text = formatNode(node, 'python')
  return text.ok ? text.text : ''
}
