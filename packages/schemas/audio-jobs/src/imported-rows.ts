// The rows that the original wrote besides window records, imported as they are: reviews of a loop and calls of tools.
// They carry their own time, keep every member, and follow no phase grammar (formats §5.4).
import { event, field, int, text } from '@ledgerd/schema'
import type { EventBuilder } from '@ledgerd/schema'
import * as z from 'zod'

/** `ts` may be any text: a row's own won over the writer's. */
const reviewModel = z.looseObject({ ts: text(), phase: text() })

/** `t` is Unix milliseconds. */
const toolModel = z.looseObject({
  t: field(int(), { unit: 'ms' }),
  tool_name: text().optional(),
  trace_id: field(text().nullable(), { subject: { kind: 'trace', by: 'id' } }).optional(),
  ok: z.boolean().optional(),
})

export const review: EventBuilder<typeof reviewModel> = event(reviewModel)
export const tool: EventBuilder<typeof toolModel> = event(toolModel)
