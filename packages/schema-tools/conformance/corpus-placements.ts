// Where in a payload a pair of the corpus stands.
import { text } from '@ledgerd/schema'
import * as z from 'zod'
import { open } from './corpus-pair.ts'
import type { Model, Up } from './corpus-pair.ts'

export interface Placement {
  readonly name: string
  readonly model: (inner: Model) => Model
  readonly up: (inner: Up) => Up
}

interface Box {
  readonly in: unknown
  readonly list: readonly unknown[]
  readonly by: Readonly<Record<string, unknown>>
}

export const placements: readonly Placement[] = [
  { name: 'the payload', model: (inner) => inner, up: (up) => up },
  {
    name: 'a member',
    model: (inner) => open({ in: inner }),
    up: (up) => (old) => ({ ...(old as Box), in: up((old as Box).in) }),
  },
  {
    name: 'a list',
    model: (inner) => open({ list: z.array(inner) }),
    up: (up) => (old) => ({ ...(old as Box), list: (old as Box).list.map(up) }),
  },
  {
    name: 'a record',
    model: (inner) => open({ by: z.record(text(), inner) }),
    up: (up) => (old) => ({
      ...(old as Box),
      by: Object.fromEntries(Object.entries((old as Box).by).map(([key, one]) => [key, up(one)])),
    }),
  },
  {
    name: 'a branch',
    model: (inner) =>
      z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.literal('in'), in: inner }),
        z.looseObject({ kind: z.literal('out') }),
      ]),
    up: (up) => (old) => ((old as { kind: string }).kind === 'in' ? { ...(old as Box), in: up((old as Box).in) } : old),
  },
]
