// The world-events family as a ledger schema: everything the daemon, the verifier and the SDK know about it.
import {
  dataVersionPointer,
  isHexIdentity,
  keyIdentity,
  schemaInvalid,
  schemaIssues,
  upcastEvent,
} from '@ledgerd/schema'
import type { Draft, LedgerSchema, SchemaIssue } from '@ledgerd/schema'
import { openChecker } from './checker.ts'
import { decode, payloadState } from './decode.ts'
import { encodeDraft } from './draft-text.ts'
import { versionFlaw } from './draft-version.ts'
import { declaredType, events, isEventType, resolutionType } from './events.ts'
import { eventIdOf, routeOf, timeMsOf } from './line-tail.ts'
import { profileOf, profiles } from './profiles.ts'
import { openWriter } from './writer.ts'

export const worldEvents: LedgerSchema<typeof events> = {
  name: '@ledgerd/schema-world-events',
  version: '0.1.0',
  family: 'world-events',
  events,
  profiles: [profiles[0].name, profiles[1].name],
  line: {
    dialects: ['python', 'python-ascii'],
    identity: ['/event_id'],
    time: '/timestamp',
    occurredAt: '/meta/occurred_at',
    version: '/meta/data_version',
  },
  links: { turn: { path: '/ipc_hash', cardinality: 'many-to-many', pair: 'nearest-earlier' } },
  encodeDraft,
  validate,
  deriveEventId: keyIdentity,
  openWriter,
  openChecker,
  decode,
  upcast: (event) => upcastEvent(events, event),
  payloadState,
  eventIdOf,
  routeOf,
  timeMsOf,
  profileOf,
}

const placeholderId = '0'.repeat(32)

/** Refuses what admission would refuse, but for the rules of resolutions: their hash needs a world. */
function validate(draft: Draft): void {
  const { type, data, id, link, meta } = draft
  const text = encodeDraft({ ...draft, id: id ?? placeholderId })
  const issues: SchemaIssue[] = []
  if (id !== undefined && !isHexIdentity(id)) issues.push({ path: '/id', message: 'Must be 32 lower-case hex digits' })
  if (link === null || link === undefined) {
    if (type === resolutionType) issues.push({ path: '/link', message: 'Required: the ipc_hash' })
  } else if (!/^[0-9a-f]{64}$/.test(link)) {
    issues.push({ path: '/link', message: 'Must be null or an ipc_hash of 64 lower-case hex digits' })
  }
  if (isPlainObject(meta ?? {})) issues.push(...versionIssues(type, text))
  else issues.push({ path: '/meta', message: 'Must be an object' })
  const declared = declaredType(type)
  if (declared !== undefined) issues.push(...schemaIssues(declared.model, data, '/data'))
  else if (!isEventType(type)) issues.push({ path: '/type', message: 'Must be a dotted lower-case name' })
  if (!isPlainObject(data)) issues.push({ path: '/data', message: 'Must be an object' })
  if (issues.length > 0) throw schemaInvalid(type, issues)
}

/** Read from the text, in which 1n and 1 are the same. */
function versionIssues(type: string, text: string): SchemaIssue[] {
  const { meta } = JSON.parse(text) as { readonly meta: Readonly<Record<string, unknown>> }
  const message = versionFlaw(type, meta)
  return message === undefined ? [] : [{ path: dataVersionPointer, message }]
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
