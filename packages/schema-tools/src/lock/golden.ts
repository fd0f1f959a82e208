// Golden upcasts: what each step made of its samples when it was published. A step that makes something else of them
// later has changed how history reads.
import type { LedgerSchema } from '@ledgerd/schema'
import { digestOfValue } from '../frozen/freeze-schema.ts'
import type { Digest } from '../frozen/freeze-schema.ts'
import { freezeModel } from '../frozen/freeze-model.ts'
import { runStep } from '../search/reading.ts'
import { samplesOf } from './samples.ts'

export interface GoldenCase {
  readonly old: unknown
  readonly new: unknown
}

export interface GoldenStep {
  readonly from: number
  readonly to: number
  /** Of the canonical text of `cases`. */
  readonly digest: Digest
  readonly cases: readonly GoldenCase[]
}

/** By type. */
export type GoldenSteps = Readonly<Record<string, readonly GoldenStep[]>>

/** Runs every step over the samples of its version. Throws if a step fails on one, or makes something else of it a second time. */
export function goldenSteps({ events }: Pick<LedgerSchema, 'events'>): GoldenSteps {
  const steps = Object.create(null) as Record<string, readonly GoldenStep[]>
  for (const type of Object.keys(events).sort()) {
    const versions = events[type]?.versions ?? []
    if (versions.length < 2) continue
    steps[type] = versions.slice(0, -1).map(({ model, upcast }, index) => {
      const cases = samplesOf(freezeModel(model)).map((old) => ({ old, new: outcome(type, index + 1, upcast, old) }))
      return { from: index + 1, to: index + 2, digest: digestOfValue(cases), cases }
    })
  }
  return steps
}

function outcome(type: string, from: number, upcast: ((old: never) => unknown) | undefined, old: unknown): unknown {
  const step = `The step of ${type} from ${from} to ${from + 1}`
  const [text, again] = [1, 2].map(() => {
    const result = runStep(upcast, structuredClone(old))
    if (result.ok) return JSON.stringify(result.value)
    throw new Error(`${step} fails on ${JSON.stringify(old)}: ${result.message}`)
  })
  if (text !== again) throw new Error(`${step} makes something else of ${JSON.stringify(old)} every time`)
  return JSON.parse(text ?? 'null') as unknown
}
