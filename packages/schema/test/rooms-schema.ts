// A team's own schema for tests: doors in one version, lights in two, and a rule between events.
import * as z from 'zod'
import { defineSchema } from '../src/define/define-schema.ts'
import { event } from '../src/event.ts'
import { float, int, text } from '../src/field.ts'
import { plainValue } from '../src/record/member-node.ts'
import type { RecordRules, RecordView } from '../src/record/record-format.ts'

const lightV1 = z.looseObject({ room: text(), isOn: z.boolean() })
const lightV2 = z.looseObject({ room: text(), level: float() })

export const rooms = defineSchema({
  name: '@team/ledger-rooms',
  version: '2.1.0',
  line: { occurredAt: '/meta/occurred_at' },
  links: { turn: { path: '/link', cardinality: 'one-to-many' } },
  events: {
    'door.opened': event(z.looseObject({ door: int(), by: text(), force: float().optional() })),
    'light.changed': event(lightV1).next(lightV2, ({ isOn, ...old }) => ({ ...old, level: isOn ? 1 : 0 })),
  },
  rules: () => doorsOnce(),
})

/** A door is opened once. */
function doorsOnce(): RecordRules {
  const open = new Set<number>()
  const doorOf = ({ type, data }: RecordView): number | undefined =>
    type === 'door.opened' ? (plainValue(data) as { door: number }).door : undefined
  return {
    judge(_record, view) {
      const door = doorOf(view)
      if (door === undefined || !open.has(door)) return []
      const message = `Door ${door} is open already.`
      return [{ code: 'door-open', severity: 'E', rule: 'R1_ONCE', path: '/data/door', message }]
    },
    take(_record, view) {
      const door = doorOf(view)
      if (door === undefined || open.has(door)) return () => undefined
      open.add(door)
      return () => open.delete(door)
    },
  }
}
