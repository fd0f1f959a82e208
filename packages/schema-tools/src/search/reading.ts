// How a schema reads a stored payload: the model of its version, then each step, then the newest model. With the live
// package its own validator and upcasters run; with a frozen one there are no steps to run.
import type { EventMap } from '@ledgerd/schema'
import type * as z from 'zod'
import type { FrozenSchema } from '../frozen/freeze-schema.ts'
import { nodeIssues } from '../frozen/node-issues.ts'
import { formatPointer } from '@ledgerd/canonical'

/** A schema to compare: frozen, and live if its code could be loaded. */
export interface SchemaSide {
  readonly frozen: FrozenSchema
  readonly events?: EventMap
}

/** Why a payload cannot be read. */
export interface Refusal {
  /** `model`: it does not fit its own version; `step`: an upcaster failed; `result`: what the steps made does not fit. */
  readonly at: 'type' | 'model' | 'step' | 'result'
  /** The version whose model refused, or from which the step started. */
  readonly version: number
  /** Into the payload, where it is known. */
  readonly path: string
  readonly message: string
}

/** Reads one payload, stored under `version` of `type`. Undefined: it is read. Never throws on content. */
export type PayloadReader = (payload: unknown) => Refusal | undefined

/** The reader of a side; `isWhole` is false if it had to leave out steps that only code can take. */
export function openReader(side: SchemaSide, type: string, version: number): { read: PayloadReader; isWhole: boolean } {
  const live = side.events === undefined || !Object.hasOwn(side.events, type) ? undefined : side.events[type]
  if (live !== undefined) return { read: (payload) => readLive(live.versions, version, payload), isWhole: true }
  const versions = Object.hasOwn(side.frozen.events, type) ? side.frozen.events[type] : undefined
  const node = versions?.[version - 1]?.node
  if (node === undefined) {
    const refusal: Refusal = { at: 'type', version, path: '', message: `${type} version ${version} is not declared` }
    return { read: () => refusal, isWhole: true }
  }
  const read: PayloadReader = (payload) => {
    const [issue] = nodeIssues(node, payload).issues
    return issue === undefined ? undefined : { at: 'model', version, ...issue }
  }
  return { read, isWhole: versions?.length === version }
}

type Versions = readonly { readonly model: z.ZodType; readonly upcast: ((old: never) => unknown) | undefined }[]

function readLive(versions: Versions, version: number, payload: unknown): Refusal | undefined {
  const stored = versions[version - 1]
  if (stored === undefined) return { at: 'type', version, path: '', message: `version ${version} is not declared` }
  const misfit = refusalOf(stored.model, payload, 'model', version)
  if (misfit !== undefined) return misfit
  let data = payload
  for (let from = version; from < versions.length; from++) {
    const step = runStep(versions[from - 1]?.upcast, data)
    if (!step.ok) return { at: 'step', version: from, path: '', message: step.message }
    data = step.value
    const next = versions[from]
    const fault = next === undefined ? undefined : refusalOf(next.model, data, 'result', from + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

function refusalOf(model: z.ZodType, data: unknown, at: Refusal['at'], version: number): Refusal | undefined {
  const result = model.safeParse(data)
  if (result.success) return undefined
  const [issue] = result.error.issues
  const steps = (issue?.path ?? []).map((step) => (typeof step === 'symbol' ? String(step) : step))
  return { at, version, path: formatPointer(steps), message: issue?.message ?? 'does not fit' }
}

export type StepResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string }

/** Runs one step as readers do: on frozen input, so that a step that writes into it fails here and not in a game. */
export function runStep(upcast: ((old: never) => unknown) | undefined, data: unknown): StepResult {
  if (upcast === undefined) return { ok: false, message: 'there is no upcaster for this step' }
  try {
    const value = (upcast as (old: unknown) => unknown)(deepFreeze(data))
    return { ok: true, value }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
