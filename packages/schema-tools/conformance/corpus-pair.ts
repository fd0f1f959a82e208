// One pair of the corpus: two models of a payload, which rules tell them apart, and what a comparison has to say.
import type { RuleName } from '../src/compat/change.ts'
import type { Verdict } from '../src/compat/report.ts'
import * as z from 'zod'

export type Model = z.ZodType
export type Up = (old: unknown) => unknown

export interface CorpusPair {
  readonly name: string
  readonly old: Model
  readonly next: Model
  /** Copies the payload as it is when absent. */
  readonly up?: Up
  readonly rules: readonly RuleName[]
  readonly verdict: Verdict
}

export const open = (shape: z.ZodRawShape): Model => z.looseObject(shape)
