// A schema for tests of the client: its lines are its drafts, nothing is sealed. `note.mark` is in its second version,
// and `olderNotes` is the schema from before.
import { createHash } from 'node:crypto'
import { dataVersionOfValue, event, int, LedgerError, upcastEvent } from '@ledgerd/schema'
import type { DecodedEvent, Draft, EventDefinition, EventMap, LedgerSchema } from '@ledgerd/schema'
import * as z from 'zod'

type Text = z.ZodObject<{ text: z.ZodString }, z.core.$loose>
type Count = z.ZodObject<{ count: z.ZodInt }, z.core.$loose>
type Mark = z.ZodObject<{ label: z.ZodString; color: z.ZodNullable<z.ZodString> }, z.core.$loose>
type OldMark = z.ZodObject<{ mark: z.ZodString }, z.core.$loose>

const oldMark: OldMark = z.looseObject({ mark: z.string() })
const newMark: Mark = z.looseObject({ label: z.string(), color: z.string().nullable() })

const events: {
  'note.text': EventDefinition<Text>
  'note.count': EventDefinition<Count>
  'note.mark': EventDefinition<Mark>
} = {
  'note.text': event(z.looseObject({ text: z.string() })),
  'note.count': event(z.looseObject({ count: int() })),
  'note.mark': event(oldMark).next(newMark, ({ mark, ...old }) => {
    if (mark === '') throw new RangeError('an empty mark')
    return { ...old, label: mark, color: null }
  }),
}

const olderEvents: { 'note.mark': EventDefinition<OldMark> } = { 'note.mark': event(oldMark) }

export const noteTime = '2026-01-02T03:04:05.000000+00:00'

export const notes: LedgerSchema<typeof events> = notesOf(events)
export const olderNotes: LedgerSchema<typeof olderEvents> = notesOf(olderEvents)

function notesOf<Events extends EventMap>(events: Events): LedgerSchema<Events> {
  return {
    name: 'notes',
    version: '1.0.0',
    family: 'notes',
    events,
    profiles: ['plain'],
    line: { dialects: ['plain'], identity: ['/id'], time: '/time', version: '/meta/data_version' },
    links: {},
    encodeDraft({ data, id, link = null, meta = {}, type }: Draft & { readonly id: string }) {
      if (typeof data !== 'object' || data === null) throw new LedgerError('VALUE_REFUSED', 'data must be an object')
      const newest = versionsOf(type).length
      return JSON.stringify({ data, id, link, meta: newest > 1 ? { ...meta, data_version: newest } : meta, type })
    },
    validate: () => undefined,
    deriveEventId: (ledger, key) =>
      createHash('sha256').update(`ledgerd/key\n${ledger}\n${key}`).digest('hex').slice(0, 32),
    openWriter: () => unused(),
    openChecker: () => unused(),
    decode,
    upcast: (one) => upcastEvent(events, one),
    payloadState({ type, version, data }) {
      const model = versionsOf(type)[version - 1]?.model
      if (model === undefined) return 'undeclared'
      return model.safeParse(data).success ? 'valid' : 'invalid'
    },
    eventIdOf: (line) => decode(line).eventId,
    routeOf: decode,
    timeMsOf: () => Date.parse(noteTime),
    profileOf: () => ({ profile: 'plain' }),
  }

  function versionsOf(type: string): readonly EventDefinition['versions'][number][] {
    return Object.hasOwn(events, type) ? (events[type]?.versions ?? []) : []
  }
}

function decode(line: Uint8Array): DecodedEvent {
  try {
    const { id, type, link, meta = {}, data } = JSON.parse(new TextDecoder().decode(line)) as Draft & { id: string }
    const version = dataVersionOfValue(meta) ?? 0
    return { eventId: id, type, version, link: link ?? null, time: noteTime, meta, data }
  } catch (cause) {
    throw new LedgerError('EVENT_INVALID', 'not JSON', { cause })
  }
}

function unused(): never {
  throw new Error('the client does not seal or check')
}
