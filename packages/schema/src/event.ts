// An event type: its zod models, one per version, and the steps that bring old payloads to the newest. TypeScript infers
// drafts and events from the newest; what was stored under an older one is brought up when it is read.
import type * as z from 'zod'
import { assertEventModel } from './model-lint.ts'

/** One version of an event type. */
export interface EventVersion {
  readonly model: z.ZodType
  /** Pure and total: from this version's output to the next one's input. Undefined for the newest. */
  readonly upcast: ((old: never) => unknown) | undefined
}

export interface EventDefinition<Model extends z.ZodType = z.ZodType> {
  /** The newest version. */
  readonly model: Model
  /** Version n stands at n - 1. */
  readonly versions: readonly [EventVersion, ...EventVersion[]]
}

/** An event type under construction: versions are added one step at a time and cannot skip one. */
export interface EventBuilder<Model extends z.ZodType> extends EventDefinition<Model> {
  /** The next version; `upcast` makes its payload of the one before. What the old one did not know becomes null. */
  next<Next extends z.ZodType>(
    model: Next,
    upcast: (old: Readonly<z.output<Model>>) => z.input<Next>,
  ): EventBuilder<Next>
}

export type EventMap = Readonly<Record<string, EventDefinition>>

/** The names of a schema's event types. */
export type TypeName<Events extends EventMap> = keyof Events & string

/** What a caller hands in, and what a reader gets, for one type: always the newest version. */
export type DataIn<Events extends EventMap, Type extends TypeName<Events>> = z.input<Events[Type]['model']>
export type DataOut<Events extends EventMap, Type extends TypeName<Events>> = z.output<Events[Type]['model']>

/** Declares an event type at version 1. Throws if the model does more than describe its value (schema-packages §9). */
export function event<Model extends z.ZodType>(model: Model): EventBuilder<Model> {
  return build(model, [])
}

function build<Model extends z.ZodType>(model: Model, earlier: readonly EventVersion[]): EventBuilder<Model> {
  assertEventModel(model)
  const newest: EventVersion = { model, upcast: undefined }
  const [first, ...rest] = [...earlier, newest]
  return {
    model,
    versions: [first, ...rest],
    next: (next, upcast) => build(next, [...earlier, { model, upcast }]),
  }
}
