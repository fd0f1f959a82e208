// A schema of two event types for tests of the client: its lines are its drafts with a time, nothing is sealed.
import { createHash } from 'node:crypto'
import { event, int, LedgerError } from '@ledgerd/schema'
import type { DecodedEvent, Draft, EventDefinition, LedgerSchema } from '@ledgerd/schema'
import * as z from 'zod'

type Text = z.ZodObject<{ text: z.ZodString }, z.core.$loose>
type Count = z.ZodObject<{ count: z.ZodInt }, z.core.$loose>

const events: { 'note.text': EventDefinition<Text>; 'note.count': EventDefinition<Count> } = {
  'note.text': event(z.looseObject({ text: z.string() })),
  'note.count': event(z.looseObject({ count: int() })),
}

export const noteTime = '2026-01-02T03:04:05.000000+00:00'

export const notes: LedgerSchema<typeof events> = {
  name: 'notes',
  version: '1.0.0',
  family: 'notes',
  events,
  profiles: ['plain'],
  line: { dialects: ['plain'], identity: ['/id'], time: '/time' },
  links: {},
  encodeDraft({ data, id, link = null, meta = {}, type }: Draft & { readonly id: string }) {
    if (typeof data !== 'object' || data === null) throw new LedgerError('VALUE_REFUSED', 'data must be an object')
    return JSON.stringify({ data, id, link, meta, type })
  },
  validate: () => undefined,
  deriveEventId: (ledger, key) =>
    createHash('sha256').update(`ledgerd/key\n${ledger}\n${key}`).digest('hex').slice(0, 32),
  openWriter: () => unused(),
  openChecker: () => unused(),
  decode(line): DecodedEvent {
    try {
      const { id, type, link, meta, data } = JSON.parse(new TextDecoder().decode(line)) as Draft & { id: string }
      return { eventId: id, type, version: 1, link: link ?? null, time: noteTime, meta: meta ?? {}, data }
    } catch (cause) {
      throw new LedgerError('EVENT_INVALID', 'not JSON', { cause })
    }
  },
  upcast: (one) => one,
  payloadState({ type, data }) {
    const definition = Object.hasOwn(events, type) ? events[type as keyof typeof events] : undefined
    if (definition === undefined) return 'undeclared'
    return definition.model.safeParse(data).success ? 'valid' : 'invalid'
  },
  eventIdOf: (line) => notes.decode(line).eventId,
  routeOf: (line) => notes.decode(line),
  timeMsOf: () => Date.parse(noteTime),
  profileOf: () => ({ profile: 'plain' }),
}

function unused(): never {
  throw new Error('the client does not seal or check')
}
