// The event types of a schema as AsyncAPI 3, for tools that draw and mock event streams.
import type { FrozenSchema } from '../frozen/freeze-schema.ts'
import { jsonSchemaOf } from '../frozen/json-schema.ts'

/** One channel, the ledger; a message for each version of each type. */
export function asyncApiDocument({ name, version, events }: FrozenSchema): Readonly<Record<string, unknown>> {
  const messages: Record<string, unknown> = {}
  for (const [type, versions] of Object.entries(events))
    for (const { version: stored, node } of versions)
      messages[`${type}.v${stored}`] = {
        name: type,
        title: `${type}, version ${stored}`,
        contentType: 'application/json',
        payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema: jsonSchemaOf(node) },
      }
  const keys = Object.keys(messages).sort()
  const refs = Object.fromEntries(keys.map((key) => [key, { $ref: pointer('components', 'messages', key) }]))
  return {
    asyncapi: '3.0.0',
    info: { title: name, version },
    channels: {
      ledger: { address: '{ledger}', parameters: { ledger: { description: 'The ledger id.' } }, messages: refs },
    },
    operations: {
      append: operation('receive', keys),
      follow: operation('send', keys),
    },
    components: { messages: Object.fromEntries(keys.map((key) => [key, messages[key]])) },
  }
}

/** As the daemon sees it: it receives drafts and sends lines. */
function operation(action: 'send' | 'receive', keys: readonly string[]): Readonly<Record<string, unknown>> {
  const messages = keys.map((key) => ({ $ref: pointer('channels', 'ledger', 'messages', key) }))
  return { action, channel: { $ref: '#/channels/ledger' }, messages }
}

function pointer(...steps: readonly string[]): string {
  return `#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
}
