// A model that is not exactly what a command prints does not compile: each line below with `@ts-expect-error` is a test that
// the compiler runs (tsconfig.tests.json).
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { documentOf } from './cli-document.ts'

interface Printed {
  readonly kind: 'printed'
  readonly v: 1
  readonly name?: string
  readonly lines: number
  readonly counts: Readonly<Record<string, number>>
  readonly state: 'on' | 'off' | null
  readonly items: readonly { readonly isWhole?: boolean }[]
}

const facts = { kind: 'printed', commands: ['print'], form: 'item', title: 'A thing', when: 'once' } as const
const shape = {
  kind: z.literal('printed'),
  v: z.literal(1),
  name: z.string().optional(),
  lines: z.int(),
  counts: z.record(z.string(), z.int()),
  state: z.enum(['on', 'off']).nullable(),
  items: z.array(z.strictObject({ isWhole: z.boolean().optional() })),
}

describe('documentOf', () => {
  it('takes the model of exactly what is printed', () => {
    const { kind, v, model } = documentOf<Printed>()({ ...facts, model: z.strictObject(shape) })
    expect([kind, v]).toEqual(['printed', 1])
    const whole = { kind, v, lines: 1, counts: { a: 1 }, state: null, items: [{}] }
    expect([model.safeParse(whole).success, model.safeParse({ ...whole, more: 1 }).success]).toEqual([true, false])
  })

  it('takes no other', () => {
    const more = z.strictObject({ ...shape, more: z.string().optional() })
    const required = z.strictObject({ ...shape, name: z.string() })
    const optional = z.strictObject({ ...shape, lines: z.int().optional() })
    const { lines: _, ...withoutLines } = shape
    const lacking = z.strictObject(withoutLines)
    const narrow = z.strictObject({ ...shape, state: z.enum(['on', 'off']) })
    const inside = z.strictObject({ ...shape, items: z.array(z.strictObject({ isWhole: z.boolean() })) })
    const values = z.strictObject({ ...shape, counts: z.record(z.string(), z.string()) })
    const made = [
      // @ts-expect-error a member that is not printed
      documentOf<Printed>()({ ...facts, model: more }),
      // @ts-expect-error one that may be absent
      documentOf<Printed>()({ ...facts, model: required }),
      // @ts-expect-error one that may not
      documentOf<Printed>()({ ...facts, model: optional }),
      // @ts-expect-error one that is printed
      documentOf<Printed>()({ ...facts, model: lacking }),
      // @ts-expect-error null
      documentOf<Printed>()({ ...facts, model: narrow }),
      // @ts-expect-error the same deeper down
      documentOf<Printed>()({ ...facts, model: inside }),
      // @ts-expect-error the values of a record
      documentOf<Printed>()({ ...facts, model: values }),
    ]
    expect(made).toHaveLength(7)
  })
})
