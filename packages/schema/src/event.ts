// An event type: its zod schema and, later, its versions. The zod type is what TypeScript infers drafts and events from.
import type * as z from 'zod'
import { assertEventModel } from './model-lint.ts'

export interface EventDefinition<Model extends z.ZodType = z.ZodType> {
  readonly model: Model
}

export type EventMap = Readonly<Record<string, EventDefinition>>

/** The names of a schema's event types. */
export type TypeName<Events extends EventMap> = keyof Events & string

/** What a caller hands in, and what a reader gets, for one type. */
export type DataIn<Events extends EventMap, Type extends TypeName<Events>> = z.input<Events[Type]['model']>
export type DataOut<Events extends EventMap, Type extends TypeName<Events>> = z.output<Events[Type]['model']>

/** Declares an event type. Throws if the model does more than describe its value (schema-packages §9). */
export function event<Model extends z.ZodType>(model: Model): EventDefinition<Model> {
  assertEventModel(model)
  return { model }
}
