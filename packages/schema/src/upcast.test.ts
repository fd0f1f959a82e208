import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { errorOf } from '../test/line-desk.ts'
import type { DecodedEvent } from './contract.ts'
import { event } from './event.ts'
import { int, text } from './field.ts'
import { upcastEvent } from './upcast.ts'

const name = z.looseObject({ name: text() })
const names = z.looseObject({ first: text(), last: text().nullable() })
const aged = z.looseObject({ first: text(), last: text().nullable(), age: int().nullable() })

const events = {
  'guest.came': event(name)
    .next(names, ({ name: first, ...old }) => ({ ...old, first, last: null }))
    .next(aged, (old) => ({ ...old, age: null })),
  'guest.left': event(name),
  'step.throws': event(name).next(names, () => {
    throw new RangeError('no such name')
  }),
  'step.misfits': event(name).next(names, (old) => ({ ...old, first: 7 as unknown as string, last: null })),
  'step.writes': event(name).next(name, (old) => {
    const list = (old as { list?: string[] }).list ?? []
    list.push('written')
    return old
  }),
}

function stored(type: string, version: number, data: unknown): DecodedEvent {
  return { eventId: 'a', type, version, link: null, time: '', meta: {}, data }
}

describe('upcastEvent', () => {
  const cases: { name: string; input: DecodedEvent; want: unknown }[] = [
    {
      name: 'two steps',
      input: stored('guest.came', 1, { name: 'Mira', extra: [1] }),
      want: { first: 'Mira', last: null, age: null, extra: [1] },
    },
    {
      name: 'one step',
      input: stored('guest.came', 2, { first: 'Mira', last: 'Voss' }),
      want: { first: 'Mira', last: 'Voss', age: null },
    },
  ]
  for (const { name, input, want } of cases)
    it(`brings a payload up by ${name}`, () => {
      const before = structuredClone(input)
      expect(upcastEvent(events, input)).toEqual({ ...input, version: 3, data: want })
      expect(input).toEqual(before)
    })

  it('leaves the newest version alone', () => {
    const newest = stored('guest.came', 3, { first: 'Mira', last: null, age: 30 })
    expect(upcastEvent(events, newest)).toBe(newest)
  })

  const failures: { name: string; input: DecodedEvent; want: object }[] = [
    {
      name: 'a version above the newest',
      input: stored('guest.left', 2, {}),
      want: { code: 'UPCAST_MISSING', details: { type: 'guest.left', version: 2, newest: 1 } },
    },
    {
      name: 'a version that is none',
      input: stored('guest.came', 0, {}),
      want: { code: 'UPCAST_MISSING', details: { type: 'guest.came', version: 0, newest: 3 } },
    },
    {
      name: 'an unknown type',
      input: stored('constructor', 1, {}),
      want: { code: 'UPCAST_MISSING', details: { type: 'constructor', version: 1, newest: 0 } },
    },
    {
      name: 'a step that throws',
      input: stored('step.throws', 1, { name: 'Mira' }),
      want: { code: 'EVENT_INVALID', details: { type: 'step.throws', version: 1, step: '1 to 2' } },
    },
    {
      name: 'a step whose payload does not fit',
      input: stored('step.misfits', 1, { name: 'Mira' }),
      want: { code: 'EVENT_INVALID', details: { type: 'step.misfits', version: 1, step: '1 to 2' } },
    },
    {
      name: 'a step that writes to its input',
      input: stored('step.writes', 1, { name: 'Mira', list: [] }),
      want: { code: 'EVENT_INVALID', details: { type: 'step.writes', version: 1, step: '1 to 2' } },
    },
    {
      name: 'a step that is given what it does not expect',
      input: stored('guest.came', 1, null),
      want: { code: 'EVENT_INVALID', details: { type: 'guest.came', version: 1, step: '1 to 2' } },
    },
  ]
  for (const { name, input, want } of failures)
    it(`refuses ${name}`, () => expect(errorOf(() => upcastEvent(events, input))).toMatchObject(want))
})

describe('the types of steps', () => {
  it('make a wrong result a compile error', () => {
    const second = event(name).next(names, ({ name: first }) => ({ first, last: null }))
    const definitions = [
      // @ts-expect-error The next version needs `last`, too.
      event(name).next(names, (old) => ({ first: old.name })),
      // @ts-expect-error The first version has no `title`.
      event(name).next(names, (old) => ({ first: old.title.trim(), last: null })),
      // @ts-expect-error Steps are given the version before, not the first.
      second.next(aged, (old) => ({ ...old, first: old.name.trim(), age: 1 })),
      event(name).next(names, (old) => {
        // @ts-expect-error What was stored is read only.
        old.name = ''
        return { first: old.name, last: null }
      }),
    ]
    expect(definitions.map(({ versions }) => versions.length)).toEqual([2, 2, 3, 2])
  })
})
