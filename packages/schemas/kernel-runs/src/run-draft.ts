// From a draft to the record of a run, and what a draft may not say: nothing it holds is dropped or rounded silently.
import { formatPointer } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { isHexIdentity, memberNode, textNode } from '@ledgerd/schema'
import type { Breach, RecordDraft } from '@ledgerd/schema'
import { textOf } from './entry-text.ts'
import { formatTimestamp } from './run-instant.ts'

/** Everything about a draft that its model cannot say. Paths are pointers into the draft. */
export function judgeRunDraft(draft: RecordDraft): readonly Breach[] {
  const breaches: Breach[] = []
  const add = (code: string, path: string, message: string): void => {
    breaches.push({ code, severity: 'E', path, message })
  }
  if (memberNode(draft.data, 'timestamp') !== undefined)
    add('timestamp-given', '/data/timestamp', 'The daemon stamps the entry; leave timestamp out')
  if (draft.link !== null) add('link-not-kept', '/link', 'An entry has no place for a link')
  if (draft.meta !== undefined) add('meta-not-kept', '/meta', 'An entry has no place for meta; put it into data')
  const named = namedRunId(draft)
  if (named !== undefined && named !== draft.id && !isHexIdentity(draft.id))
    add(
      'run-id-conflict',
      '/data/run_id',
      `The draft is named "${draft.id}" and its run_id "${named}"; give one of them`,
    )
  const number = inexactNumber(draft.data, ['data'])
  if (number !== undefined)
    add('number-not-kept', number, 'A JavaScript reader would round this integer; write it as a string')
  return breaches
}

/**
 * The record of a draft, stamped. The run id is the one in the data, else the id of the draft: one that a client made up
 * (32 hex digits, at random or from a key) stands back behind a run id that the caller gave.
 */
export function composeRun(draft: RecordDraft, timeMs: number): ObjectNode {
  const { data, id } = draft
  const members = data.members.filter(({ key }) => key !== 'run_id')
  return {
    ...data,
    members: [
      ...members,
      { key: 'run_id', keyStart: -1, value: textNode(namedRunId(draft) ?? id) },
      { key: 'timestamp', keyStart: -1, value: textNode(formatTimestamp(timeMs)) },
    ],
  }
}

function namedRunId({ data }: RecordDraft): string | undefined {
  return textOf(data, 'run_id')
}

/** The pointer to an integer that does not come back from a double; undefined if there is none. */
function inexactNumber(node: JsonNode, steps: readonly (string | number)[]): string | undefined {
  if (node.kind === 'number') return isExact(node.lexeme) ? undefined : formatPointer(steps)
  const parts = node.kind === 'object' ? node.members.map(({ key, value }) => [key, value] as const) : undefined
  const items = parts ?? (node.kind === 'array' ? node.items.map((value, i) => [i, value] as const) : [])
  for (const [step, value] of items) {
    const found = inexactNumber(value, [...steps, step])
    if (found !== undefined) return found
  }
  return undefined
}

function isExact(lexeme: string): boolean {
  return lexeme.length <= 15 || /[.eE]/.test(lexeme) || BigInt(Number(lexeme)) === BigInt(lexeme)
}
