// The build-order family as a ledger schema, on ledgerd's own line. An event links to its stage key, so that a follower
// can ask for one stage.
import { defineSchema, memberNode, plainValue } from '@ledgerd/schema'
import type { Breach, EventFacts, LedgerSchema } from '@ledgerd/schema'
import { judgeEvent } from './event-rules.ts'
import { events } from './events.ts'
import type { OrderingEvent } from './events.ts'
import { isOrderingType } from './ordering-event.ts'

export const buildOrder: LedgerSchema<typeof events> = defineSchema({
  name: '@ledgerd/schema-build-order',
  version: '0.1.0',
  family: 'build-order',
  events,
  links: { stage: { path: '/link', cardinality: 'one-to-many' } },
  linkOf: (_, data) => {
    const stageKey = memberNode(data, 'stageKey')
    return stageKey?.kind === 'string' ? stageKey.value : null
  },
  judge,
})

/** What does not fit its model has findings of its own. */
function judge({ type, data, link }: EventFacts): readonly Breach[] {
  if (!isOrderingType(type)) return []
  const read = events[type].model.safeParse(plainValue(data))
  if (!read.success) return []
  const { stageKey } = read.data
  const breaches = judgeEvent({ type, data: read.data } as OrderingEvent, '/data')
  return link === stageKey ? breaches : [...breaches, linkMismatch(stageKey, link)]
}

function linkMismatch(expected: string, link: string | null): Breach {
  return {
    ...{ code: 'link-mismatch', severity: 'E', path: '/link', rule: 'link-mismatch', expected },
    ...(link === null ? {} : { found: link }),
    message: 'The link of an event is its stage key.',
  }
}
