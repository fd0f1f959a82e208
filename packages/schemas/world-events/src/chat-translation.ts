// chat.translation: what a player typed and what the world heard. Written on every call of the translation service,
// success or not (formats §2.5). The axis snapshot is the state after the resolution of the same turn.
import { event, field, float, text } from '@ledgerd/schema'
import * as z from 'zod'

const axis = z.looseObject({
  label: field(text(), { placeholder: ['unknown'] }),
  score: float(),
})

const spoken = {
  axis_snapshot: field(z.record(text(), axis), { absent: 'unknown' }),
  channel: text(),
  character_name: field(text(), { subject: { kind: 'character', by: 'name' } }),
  ooc_input: field(text(), { pii: 'direct' }),
}

/** A translation holds text exactly when it succeeded; what the model said otherwise is not recorded. */
export const chatTranslation = event(
  z.discriminatedUnion('status', [
    z.looseObject({ ...spoken, status: z.literal('success'), ic_output: text() }),
    z.looseObject({ ...spoken, status: z.literal('fallback.api_error'), ic_output: z.null() }),
    z.looseObject({ ...spoken, status: z.literal('fallback.validation_failed'), ic_output: z.null() }),
  ]),
)
