// `-o '{seq} {type} {data.status}'`: names in braces, dots into the record. Numbers keep the spelling they have in the
// file; what is not there is empty. Where a family's whole record is its data, `{data.status}` is its `status`.
import { formatNode, type JsonNode, parse } from '@ledgerd/canonical'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'

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

/** Fills a template from `known` names first, then from the record itself. */
export function fillTemplate(
  parts: readonly TemplatePart[],
  known: Readonly<Record<string, string>>,
  line: Uint8Array,
): string {
  let root: JsonNode | undefined
  let isParsed = false
  const record = (): JsonNode | undefined => {
    if (!isParsed) {
      const result = parse(line, { allowNonFinite: true })
      root = result.ok ? result.root : undefined
      isParsed = true
    }
    return root
  }
  return parts.map((part) => ('text' in part ? part.text : fill(part.path, known, record))).join('')
}

function fill(
  path: readonly string[],
  known: Readonly<Record<string, string>>,
  record: () => JsonNode | undefined,
): string {
  const [first = ''] = path
  const value = path.length === 1 && Object.hasOwn(known, first) ? known[first] : undefined
  if (value !== undefined) return value
  const root = record()
  const isWholeRecord = first === 'data' && root !== undefined && stepInto(root, first) === undefined
  let node = root
  for (const name of isWholeRecord ? path.slice(1) : path) node = node === undefined ? undefined : stepInto(node, name)
  return node === undefined ? '' : showNode(node)
}

function stepInto(node: JsonNode, name: string): JsonNode | undefined {
  if (node.kind === 'object') return node.members.findLast((member) => member.key === name)?.value
  return node.kind === 'array' && /^\d{1,9}$/.test(name) ? node.items[Number(name)] : undefined
}

function showNode(node: JsonNode): string {
  if (node.kind === 'string') return node.value
  if (node.kind === 'number' || node.kind === 'non-finite') return node.lexeme
  if (node.kind === 'literal') return String(node.value)
  const text = formatNode(node, 'python')
  return text.ok ? text.text : ''
}
