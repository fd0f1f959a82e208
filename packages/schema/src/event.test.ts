import { describe, expect, expectTypeOf, it } from 'vitest'
import * as z from 'zod'
import { event } from './event.ts'
import type { DataIn, DataOut, TypeName } from './event.ts'
import { float, int, text } from './field.ts'

const events = {
  'door.opened': event(z.looseObject({ door: int(), by: text() })),
  'light.changed': event(
    z.discriminatedUnion('state', [
      z.looseObject({ state: z.literal('on'), level: float() }),
      z.looseObject({ state: z.literal('off'), level: z.null() }),
    ]),
  ),
} as const

type Events = typeof events

describe('types inferred from models', () => {
  it('names the event types', () => {
    expectTypeOf<TypeName<Events>>().toEqualTypeOf<'door.opened' | 'light.changed'>()
    // @ts-expect-error An unknown type is a compile error.
    const name: TypeName<Events> = 'door.closed'
    expect(name).not.toBe('door.opened')
  })

  it('infers drafts and events', () => {
    const data: DataIn<Events, 'door.opened'> = { door: 1, by: 'Mira Voss' }
    expectTypeOf<DataOut<Events, 'door.opened'>['door']>().toEqualTypeOf<number>()
    expect(events['door.opened'].model.parse(data)).toEqual(data)
  })

  it('ties members to the branch of a union', () => {
    // @ts-expect-error A light that is off has no level.
    const data: DataIn<Events, 'light.changed'> = { state: 'off', level: 0.5 }
    expect(events['light.changed'].model.safeParse(data).success).toBe(false)
  })
})
