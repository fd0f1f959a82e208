// The line of schemas that teams define themselves, in `python` canonical text:
//
//   {"data": D, "id": "<32 hex>", "link": L, "meta": M, "time": "2026-02-27T14:23:01.452Z", "type": "T"}
//
// The draft of PROTOCOL.md §4 with a time. It has no checksum: that nothing was changed is what the ledger's tree shows.
import type { ObjectNode } from '@ledgerd/canonical'
import { dataVersionKey, dataVersionOf, dataVersionPointer, withDataVersion } from '../data-version.ts'
import type { EventMap } from '../event.ts'
import { isHexIdentity, keyIdentity } from '../key-identity.ts'
import { literalNode, objectNode, textNode } from '../record/build-node.ts'
import { memberNode } from '../record/member-node.ts'
import type { Breach, RecordDraft, RecordFormat, RecordView } from '../record/record-format.ts'
import { envelopeKeys, judgeEnvelope } from './envelope-judgement.ts'
import type { SchemaDefinition } from './schema-definition.ts'

/** The format of the lines of a definition. */
export function envelopeFormat<Events extends EventMap>(definition: SchemaDefinition<Events>): RecordFormat<Events> {
  const { name, version, events, line = {}, links = {}, profiles = ['default'], rules } = definition
  const { linkOf = () => null, judge = () => [] } = definition
  const newestOf = (type: string): number => events[type]?.versions.length ?? 1
  return {
    name,
    version,
    family: definition.family ?? name,
    events,
    profiles,
    line: { dialects: ['python'], identity: ['/id'], time: '/time', version: dataVersionPointer, ...line },
    links,
    typePath: '/type',
    dialect: 'python',
    isSpellingFixed: true,
    readsNonFinite: false,
    crlfSeverity: 'W',
    deriveEventId: keyIdentity,
    judgeDraft(draft) {
      const { type, data, link } = draft
      const newest = newestOf(type)
      return [...judgeDraft(draft, newest), ...judge({ type, data, version: newest, link: link ?? linkOf(type, data) })]
    },
    compose(draft, timeMs) {
      const { type, data, link } = draft
      return compose({ ...draft, link: link ?? linkOf(type, data) }, newestOf(type), timeMs)
    },
    view,
    judgeRecord(record, { level }) {
      const breaches = judgeEnvelope(record)
      const event = level === 'schema' ? view(record) : undefined
      return {
        breaches: event === undefined ? breaches : [...breaches, ...judge(event)],
        variant: breaches.length === 0 ? 'python' : undefined,
      }
    },
    ...(rules === undefined
      ? {}
      : { openRules: (ledger, profile) => rules({ ledger, profile: profile ?? profiles[0] }) }),
    profileOf: () => ({ profile: profiles[0] }),
  }
}

/** A version is the schema's to say; a client that names one must mean the one it is written in. */
function judgeDraft({ id, meta }: RecordDraft, newest: number): Breach[] {
  const breaches: Breach[] = []
  if (!isHexIdentity(id))
    breaches.push({ ...error('event-id-format', 'Must be 32 lower-case hex digits'), path: '/id', found: id })
  const named = meta === undefined ? undefined : memberNode(meta, dataVersionKey)
  if (named !== undefined && dataVersionOf(meta) !== newest)
    breaches.push({
      ...error('data-version', `Must be left out, or ${newest}: drafts are always of the newest version`),
      path: dataVersionPointer,
    })
  return breaches
}

function error(code: string, message: string): Breach {
  return { code, severity: 'E', message }
}

function compose({ data, id, link, meta, type }: RecordDraft, version: number, timeMs: number): ObjectNode {
  return objectNode({
    data,
    id: textNode(id),
    link: link === null ? literalNode(null) : textNode(link),
    meta: withDataVersion(meta ?? objectNode({}), version),
    time: textNode(new Date(timeMs).toISOString()),
    type: textNode(type),
  })
}

/** Every kind that decides how the rest is read must be right; what else is wrong is a finding. */
function view(record: ObjectNode): RecordView | undefined {
  const [data, id, link, meta, time, type] = envelopeKeys.map((key) => memberNode(record, key))
  if (id?.kind !== 'string' || type?.kind !== 'string' || data?.kind !== 'object') return undefined
  if (id.value === '' || type.value === '') return undefined
  const metaObject = meta?.kind === 'object' ? meta : undefined
  const version = dataVersionOf(metaObject)
  if (version === undefined) return undefined
  return {
    eventId: id.value,
    type: type.value,
    version,
    link: link?.kind === 'string' ? link.value : null,
    time: time?.kind === 'string' ? time.value : '',
    meta: metaObject,
    data,
  }
}
