// The event types of a schema with what reading and writing need of their models, compiled once.
import type { NumberPlan } from '@ledgerd/canonical'
import type * as z from 'zod'
import { compileCanonicalShape } from '../canonical-shape.ts'
import type { CanonicalShape } from '../canonical-shape.ts'
import { invariant } from '../errors.ts'
import type { EventDefinition, EventMap } from '../event.ts'
import { compileNumberPlan } from '../number-plan.ts'

export interface EventType {
  readonly name: string
  /** The newest version, which is also the number of versions. */
  readonly newest: number
  /** Of the newest version, as are the plan and all that is written. */
  readonly model: z.ZodType
  readonly plan: NumberPlan
  readonly shape: CanonicalShape
  /** A version from 1; undefined if there is none such. */
  find(version: number): EventShape | undefined
}

/** The payloads of one version of a type. */
export interface EventShape {
  readonly model: z.ZodType
  readonly shape: CanonicalShape
}

export class EventTypes {
  readonly #types: ReadonlyMap<string, EventType>

  constructor(events: EventMap) {
    this.#types = new Map(Object.entries(events).map(([name, definition]) => [name, compile(name, definition)]))
  }

  get names(): readonly string[] {
    return [...this.#types.keys()]
  }

  find(name: string): EventType | undefined {
    return this.#types.get(name)
  }
}

function compile(name: string, { model, versions }: EventDefinition): EventType {
  const shapes = versions.map((version) => ({ model: version.model, shape: compileCanonicalShape(version.model) }))
  const newest = shapes[versions.length - 1]
  invariant(newest !== undefined, 'an event type has a version')
  return {
    name,
    newest: versions.length,
    model,
    plan: compileNumberPlan(model),
    shape: newest.shape,
    find: (version) => shapes[version - 1],
  }
}
