// What a writer of parts has to do, decided without doing it: which parts to finish, which to open, and where a row
// goes. Unlike the original, a writer that comes back goes on in the last unfinished part (formats §5.4).
import { invariant } from '@ledgerd/schema'
import type { Part, PartIndex } from './part-index.ts'

/** To be done in order. A part is sealed by hashing it whole and noting length, digest and time in the index. */
export type PartStep =
  | { readonly kind: 'seal'; readonly part: Part }
  | { readonly kind: 'open'; readonly part: Part }
  | { readonly kind: 'append'; readonly part: Part }

export interface PartPlan {
  readonly steps: readonly PartStep[]
  /** The part that is written now, and its length when the steps are done. */
  readonly part: Part
  readonly bytes: number
}

/**
 * How to begin: earlier unfinished parts are sealed, the last one goes on if it is unfinished, else the next is opened.
 * `sizeOf` is the length of a part's file; the index does not know it.
 */
export function resumeParts(index: PartIndex, sizeOf: (part: Part) => number): PartPlan {
  const last = index.parts.at(-1)
  const earlier = index.parts.slice(0, -1).filter(({ sha256 }) => sha256 === null)
  const seals = earlier.map((part): PartStep => ({ kind: 'seal', part }))
  if (last !== undefined && last.sha256 === null) return { steps: seals, part: last, bytes: sizeOf(last) }
  const part = newPart(index.name, last === undefined ? 0 : last.i + 1)
  return { steps: [...seals, { kind: 'open', part }], part, bytes: 0 }
}

/**
 * Where the next row goes, its LF counted: the part is finished before a row that would take it over the maximum. A row
 * over the maximum by itself gets a part of its own.
 */
export function planRow(name: string, { part, bytes }: PartPlan, rowBytes: number, partBytesMax: number): PartPlan {
  invariant(rowBytes > 0 && partBytesMax > 0, 'rows and parts have a length')
  if (bytes === 0 || bytes + rowBytes <= partBytesMax)
    return { steps: [{ kind: 'append', part }], part, bytes: bytes + rowBytes }
  const next = newPart(name, part.i + 1)
  const steps: PartStep[] = [
    { kind: 'seal', part },
    { kind: 'open', part: next },
    { kind: 'append', part: next },
  ]
  return { steps, part: next, bytes: rowBytes }
}

/** The index with a part as it now is; parts stay ordered by `i`. */
export function withPart(index: PartIndex, part: Part): PartIndex {
  const others = index.parts.filter(({ i }) => i !== part.i)
  return { ...index, parts: [...others, part].sort((a, b) => a.i - b.i) }
}

function newPart(name: string, i: number): Part {
  const path = `${name}.part${String(i).padStart(4, '0')}.jsonl`
  return { i, path, bytes: 0, sha256: null, finalizedAt: undefined }
}
