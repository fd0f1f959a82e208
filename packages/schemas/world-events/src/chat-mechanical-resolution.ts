// chat.mechanical_resolution: what a turn did to speaker and listener. Written after clamping and before any state
// change (formats §2.5). A delta that is absent means that the axis did not change.
import { event, field, float, int, text } from '@ledgerd/schema'
import * as z from 'zod'

const party = z.looseObject({
  axis_deltas: field(z.record(text(), float()), { absent: 'unchanged' }),
  character_id: field(int(), { subject: { kind: 'character', by: 'id' } }),
  character_name: field(text(), { subject: { kind: 'character', by: 'name' } }),
})

const model = z.looseObject({
  axis_snapshot_before: field(z.record(text(), z.record(text(), float())), { absent: 'unknown' }),
  channel: z.enum(['say', 'yell', 'whisper']),
  grammar_version: text(),
  listener: party,
  speaker: party,
})

export type Resolution = z.output<typeof model>

export const chatMechanicalResolution = event(model)
