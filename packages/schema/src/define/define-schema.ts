// A team's own schema: event types, and what holds between events, on ledgerd's own line (schema-packages §2).
import type { LedgerSchema } from '../contract.ts'
import { invariant } from '../errors.ts'
import type { EventMap } from '../event.ts'
import { recordSchema } from '../record/record-schema.ts'
import { envelopeFormat } from './envelope-format.ts'
import type { SchemaDefinition } from './schema-definition.ts'

const eventName = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/

/** The schema of a definition. Throws if the definition itself is wrong: a programmer error. */
export function defineSchema<const Events extends EventMap>(
  definition: SchemaDefinition<Events>,
): LedgerSchema<Events> {
  const names = Object.keys(definition.events)
  invariant(definition.name !== '' && definition.version !== '', 'a schema has a name and a version')
  invariant(names.length > 0, `${definition.name} has at least one event type`)
  for (const name of names)
    invariant(eventName.test(name), `"${name}" is an event name: a letter, then letters, digits, "_", "." and "-"`)
  const { line: { loss } = {} } = definition
  invariant(loss === undefined || names.includes(loss), `the loss event "${loss}" is one of the event types`)
  return recordSchema(envelopeFormat(definition))
}
