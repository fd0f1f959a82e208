// NDJSON from `curl` made into drafts as the engine takes them (PROTOCOL.md §4): the id is found or made, the rest keeps
// its exact bytes. A line that is no draft is passed on as it came: the engine refuses it and says why.
import { parse } from '@ledgerd/canonical'
import type { JsonMember, ObjectNode } from '@ledgerd/canonical'
import { LedgerError } from '@ledgerd/schema/errors'

export interface DraftLinesOptions {
  readonly ledger: string
  readonly depthMax: number
  readonly linesMax: number
  readonly makeEventId: () => string
  readonly deriveEventId: (ledger: string, key: string) => string
}

export interface DraftLines {
  readonly drafts: Uint8Array
  readonly count: number
  /** False when the engine is sure to refuse every line. */
  readonly hasDraft: boolean
}

const LF = 0x0a
const draftMembers = new Set(['data', 'id', 'key', 'link', 'meta', 'type'])

/** Blank lines are passed over. Throws BATCH_TOO_LARGE, REQUEST_INVALID. */
export function draftLines(body: Uint8Array, options: DraftLinesOptions): DraftLines {
  const pieces: Uint8Array[] = []
  let count = 0
  let hasDraft = false
  for (let at = 0; at < body.length; ) {
    const found = body.indexOf(LF, at)
    const end = found < 0 ? body.length : found
    const line = body.subarray(at, end)
    at = end + 1
    if (line.every(isBlank)) continue
    count += 1
    if (count > options.linesMax)
      throw new LedgerError(
        'BATCH_TOO_LARGE',
        `more than ${options.linesMax} lines, one draft each; send less at a time`,
      )
    const read = readLine(line, options)
    hasDraft ||= read.isDraft
    pieces.push(...read.pieces, lineEnd)
  }
  if (count === 0) throw new LedgerError('REQUEST_INVALID', 'the body holds no draft; send one JSON object per line')
  return { drafts: Buffer.concat(pieces), count, hasDraft }
}

const lineEnd = Buffer.from('\n')

interface ReadLine {
  readonly pieces: readonly Uint8Array[]
  /** Anything else the engine refuses. */
  readonly isDraft: boolean
}

function readLine(line: Uint8Array, options: DraftLinesOptions): ReadLine {
  const asItCame = { pieces: [line], isDraft: false }
  const parsed = parse(line, { depthMax: options.depthMax + 1 })
  if (!parsed.ok || parsed.findings.length > 0 || parsed.root.kind !== 'object') return asItCame
  const members = membersOf(parsed.root)
  if (members === undefined) return asItCame
  const id = idOf(members, options)
  if (id === undefined) return asItCame
  const pieces: Uint8Array[] = []
  let separator = '{'
  for (const name of ['data', 'id', 'link', 'meta', 'type']) {
    const value = members.get(name)?.value
    const bytes = name === 'id' ? Buffer.from(JSON.stringify(id)) : value && line.subarray(value.start, value.end)
    if (bytes === undefined) continue
    pieces.push(Buffer.from(`${separator}"${name}": `), bytes)
    separator = ', '
  }
  return { pieces: [...pieces, Buffer.from('}')], isDraft: members.has('type') && members.has('data') }
}

/** The members by name, or undefined when one of them has no business in a draft. */
function membersOf(root: ObjectNode): Map<string, JsonMember> | undefined {
  const members = new Map<string, JsonMember>()
  for (const member of root.members) {
    if (!draftMembers.has(member.key)) return undefined
    members.set(member.key, member)
  }
  return members
}

/** Undefined when what is there cannot be an identity. */
function idOf(members: Map<string, JsonMember>, options: DraftLinesOptions): string | undefined {
  const id = members.get('id')?.value
  const key = members.get('key')?.value
  if (id !== undefined && key !== undefined) return undefined
  if (id !== undefined) return id.kind === 'string' ? id.value : undefined
  if (key === undefined) return options.makeEventId()
  return key.kind === 'string' ? options.deriveEventId(options.ledger, key.value) : undefined
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d
}
