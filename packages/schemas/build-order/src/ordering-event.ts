// Events of the family from values that may be anything: read, or refused the way admission refuses.
import { LedgerError, schemaInvalid, schemaIssues } from '@ledgerd/schema'
import { judgeEvent } from './event-rules.ts'
import { events } from './events.ts'
import type { OrderingEvent } from './events.ts'

/** An event, or anything like one: a decoded line, a draft. */
export interface EventLike {
  readonly type: string
  readonly data: unknown
}

/** True for the types of this family. Says nothing of the data. */
export function isOrderingType(type: string): type is keyof typeof events {
  return Object.hasOwn(events, type)
}

/** Throws SCHEMA_INVALID with `details.issues`, or INVARIANT_VIOLATED with `details.rule`. */
export function assertOrderingEvent(event: EventLike): asserts event is OrderingEvent {
  const { type, data } = event
  if (!isOrderingType(type)) throw schemaInvalid(undefined, [{ path: '/type', message: `"${type}" is no event type` }])
  const issues = schemaIssues(events[type].model, data, '/data')
  if (issues.length > 0) throw schemaInvalid(type, issues)
  const breach = judgeEvent(event as OrderingEvent, '/data').find(({ severity }) => severity === 'E')
  if (breach === undefined) return
  const { code, rule, path, found, message } = breach
  const details = { rule, code, path, ...(found === undefined ? {} : { found }) }
  throw new LedgerError('INVARIANT_VIOLATED', message, { details })
}
