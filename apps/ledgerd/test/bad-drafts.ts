// Drafts that no ledger takes, each with the code it gets and what the refusal must say about what and where.
import type { ErrorCode } from '@ledgerd/schema'
import { mark } from './attacked-daemon.ts'

/** The identity of every bad draft; nothing is ever under it. */
export const eventId: string = 'ab'.repeat(16)

/** A draft as JSON text; values are texts too. */
export function draftOf(values: Record<string, string> = {}): string {
  const all = { data: '{}', id: `"${eventId}"`, link: 'null', meta: '{}', type: '"weather.changed"', ...values }
  const members = Object.entries(all).map(([name, value]) => `"${name}": ${value}`)
  return `{${members.join(', ')}}`
}

/** The same with a member holding `text` and something that the log must not show. */
function dataOf(text: string): string {
  return draftOf({ data: `{"note": "${mark}", "v": ${text}}` })
}

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth)
const bytesOf = (text: string, ...patch: number[]): Uint8Array => {
  const bytes = Buffer.from(text)
  const where = bytes.indexOf('?'.repeat(patch.length))
  bytes.set(patch, where)
  return bytes
}

export interface BadDraft {
  readonly name: string
  readonly draft: string | Uint8Array
  readonly code: ErrorCode
  /** What the message or the details must say. */
  readonly says: RegExp
}

const refusedValues: BadDraft[] = [
  ...['NaN', 'Infinity', '-Infinity', '1e400', '-1e400', '01', '1.', '.5', '+1', '0x10', "'a'", 'undefined'].map(
    (value) => ({ name: value, draft: dataOf(value), code: 'VALUE_REFUSED' as const, says: /offset/ }),
  ),
  { name: 'half a surrogate pair', draft: dataOf(String.raw`"\ud800"`), code: 'VALUE_REFUSED', says: /\/data\/v/ },
  { name: 'half a pair in a key', draft: dataOf(String.raw`{"\udfff": 1}`), code: 'VALUE_REFUSED', says: /\/data\/v/ },
  {
    name: 'a raw surrogate',
    draft: bytesOf(dataOf('"???"'), 0xed, 0xa0, 0x80),
    code: 'VALUE_REFUSED',
    says: /utf-?8/i,
  },
  { name: 'invalid UTF-8', draft: bytesOf(dataOf('"?"'), 0xff), code: 'VALUE_REFUSED', says: /utf-?8/i },
  { name: 'overlong UTF-8', draft: bytesOf(dataOf('"??"'), 0xc0, 0xaf), code: 'VALUE_REFUSED', says: /utf-?8/i },
  { name: 'a repeated key', draft: dataOf('{"a": 1, "a": 2}'), code: 'VALUE_REFUSED', says: /\/data\/v/ },
  {
    name: 'a key in two spellings',
    draft: dataOf(String.raw`{"a": 1, "\u0061": 2}`),
    code: 'VALUE_REFUSED',
    says: /dup/,
  },
  { name: 'two types', draft: draftOf().replace('"meta"', '"type"'), code: 'VALUE_REFUSED', says: /dup/ },
  { name: '__proto__', draft: dataOf('{"__proto__": {"a": 1}}'), code: 'VALUE_REFUSED', says: /__proto__/ },
  { name: '__proto__, deep', draft: dataOf('[[{"a": [{"__proto__": 1}]}]]'), code: 'VALUE_REFUSED', says: /__proto__/ },
  {
    name: '__proto__, escaped',
    draft: dataOf(String.raw`{"\u005f_proto__": 1}`),
    code: 'VALUE_REFUSED',
    says: /__proto__/,
  },
  { name: '__proto__ in meta', draft: draftOf({ meta: '{"__proto__": 1}' }), code: 'VALUE_REFUSED', says: /__proto__/ },
  {
    name: '__proto__ of the draft',
    draft: draftOf({ __proto: '1' }).replace('"__proto"', '"__proto__"'),
    code: 'VALUE_REFUSED',
    says: /__proto__/,
  },
  { name: '10,000 arrays', draft: dataOf(nested('[', ']', 10_000)), code: 'VALUE_REFUSED', says: /deep|nest/i },
  {
    name: '5,000 objects',
    draft: dataOf('{"a":'.repeat(5000) + '1' + '}'.repeat(5000)),
    code: 'VALUE_REFUSED',
    says: /deep|nest/i,
  },
  {
    name: '10,000 arrays never closed',
    draft: `{"data": ${'['.repeat(10_000)}`,
    code: 'VALUE_REFUSED',
    says: /deep|nest/i,
  },
  { name: 'one level too deep', draft: dataOf(nested('[', ']', 63)), code: 'VALUE_REFUSED', says: /deep|nest/i },
  { name: '4,301 digits', draft: dataOf('9'.repeat(4301)), code: 'VALUE_REFUSED', says: /digits|number/i },
  { name: 'a NUL in a text', draft: bytesOf(dataOf('"?"'), 0), code: 'VALUE_REFUSED', says: /nul|control|offset/i },
  { name: 'a NUL between', draft: bytesOf(dataOf('? 1'), 0), code: 'VALUE_REFUSED', says: /nul|offset/i },
  { name: 'a CR in a text', draft: dataOf('"a\rb"'), code: 'VALUE_REFUSED', says: /offset/i },
  { name: 'a BOM', draft: `\ufeff${dataOf('1')}`, code: 'VALUE_REFUSED', says: /bom|byte order/i },
  { name: 'half a draft', draft: dataOf('1').slice(0, -5), code: 'VALUE_REFUSED', says: /offset/ },
  { name: 'two drafts glued', draft: dataOf('1') + dataOf('2'), code: 'VALUE_REFUSED', says: /offset/ },
  { name: 'a comma too many', draft: dataOf('[1,]'), code: 'VALUE_REFUSED', says: /offset/ },
  { name: 'a comment', draft: dataOf('/* */ 1'), code: 'VALUE_REFUSED', says: /offset/ },
  { name: 'no JSON', draft: `hello ${mark}`, code: 'VALUE_REFUSED', says: /offset/ },
]

const noText = { axis_snapshot: {}, channel: 'say', character_name: mark, ooc_input: 'x', status: 'success' }
const resolution = {
  axis_snapshot_before: { 1: { health: 0.5 }, 2: { health: 0.5 } },
  channel: 'say',
  grammar_version: '1.0',
  listener: { axis_deltas: {}, character_id: 2, character_name: mark },
  speaker: { axis_deltas: {}, character_id: 1, character_name: 'x' },
}
const resolved = (changes: object): string =>
  draftOf({
    type: '"chat.mechanical_resolution"',
    link: `"${'0'.repeat(64)}"`,
    data: JSON.stringify({ ...resolution, ...changes }).replaceAll(/:(0|1|2)([,}])/g, ':$1$2'),
  })

const refusedShapes: BadDraft[] = [
  ...['[]', '3', 'null', `"${mark}"`, 'true'].map((draft) => ({
    name: draft,
    draft,
    code: 'SCHEMA_INVALID' as const,
    says: /object/,
  })),
  { name: 'nothing in it', draft: '{}', code: 'SCHEMA_INVALID', says: /\/type/ },
  { name: 'no type', draft: `{"data": {}, "id": "${eventId}"}`, code: 'SCHEMA_INVALID', says: /\/type/ },
  { name: 'no data', draft: `{"type": "a.b", "id": "${eventId}"}`, code: 'SCHEMA_INVALID', says: /\/data/ },
  { name: 'a member of its own', draft: draftOf({ colour: '1' }), code: 'SCHEMA_INVALID', says: /\/colour/ },
  { name: 'type a number', draft: draftOf({ type: '1' }), code: 'SCHEMA_INVALID', says: /\/type/ },
  { name: 'type no dotted name', draft: draftOf({ type: '"Weather"' }), code: 'SCHEMA_INVALID', says: /\/type/ },
  { name: 'data a list', draft: draftOf({ data: '[]' }), code: 'SCHEMA_INVALID', says: /\/data/ },
  { name: 'meta null', draft: draftOf({ meta: 'null' }), code: 'SCHEMA_INVALID', says: /\/meta/ },
  { name: 'link no hash', draft: draftOf({ link: '"abc"' }), code: 'SCHEMA_INVALID', says: /\/link/ },
  { name: 'id a number', draft: draftOf({ id: '7' }), code: 'SCHEMA_INVALID', says: /\/id/ },
  { name: 'id null', draft: draftOf({ id: 'null' }), code: 'SCHEMA_INVALID', says: /\/id/ },
  { name: 'id no hex', draft: draftOf({ id: '"../../etc"' }), code: 'SCHEMA_INVALID', says: /\/id/ },
  {
    name: 'success without its text',
    draft: draftOf({ type: '"chat.translation"', data: JSON.stringify(noText) }),
    code: 'SCHEMA_INVALID',
    says: /\/data\/ic_output/,
  },
  {
    name: 'an empty resolution',
    draft: draftOf({ type: '"chat.mechanical_resolution"' }),
    code: 'SCHEMA_INVALID',
    says: /\/data\/speaker/,
  },
  {
    name: 'a link that is not its state’s',
    draft: resolved({}),
    code: 'INVARIANT_VIOLATED',
    says: /ipc-hash-mismatch/,
  },
  {
    name: 'a score over 1',
    draft: resolved({ axis_snapshot_before: { 1: { health: 7.5 }, 2: { health: 0.5 } } }),
    code: 'INVARIANT_VIOLATED',
    says: /axis-out-of-range/,
  },
  { name: '70 KB', draft: dataOf(`"${'x'.repeat(70_000)}"`), code: 'LINE_TOO_LONG', says: /65535|65,535/ },
]

export const badDrafts: readonly BadDraft[] = [...refusedValues, ...refusedShapes]
