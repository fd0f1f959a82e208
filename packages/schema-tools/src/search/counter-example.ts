// The search for an old document that the new package cannot read. What it finds was executed and is the smallest that
// the search could make of it; that it finds nothing is evidence, and the count says how much.
import type { FrozenNode } from '../frozen/frozen-node.ts'
import { codeIn } from '../frozen/frozen-node.ts'
import { fitsNode } from '../frozen/node-issues.ts'
import { documentArbitrary, NoDocuments } from './document-arbitrary.ts'
import type { FastCheck } from './document-arbitrary.ts'
import { edgesOf, memberNames } from './edges.ts'
import type { PayloadReader, Refusal } from './reading.ts'

export interface SearchPlan {
  /** What made the old documents. */
  readonly old: FrozenNode
  /** True if the old package itself takes the document; for sides with code. */
  readonly isAccepted: (payload: unknown) => boolean
  /** Nodes whose limits and names are worth trying. */
  readonly targets: readonly FrozenNode[]
  /** `neutral`: members nobody names. `claimed`: members under names that the new side gives a meaning. */
  readonly extras: 'neutral' | 'claimed'
  readonly read: PayloadReader
  readonly documents: number
  readonly seed: number
}

export interface CounterExample {
  readonly document: unknown
  readonly refusal: Refusal
}

export interface SearchResult {
  /** How many old documents were read without a refusal. */
  readonly passed: number
  readonly found: CounterExample | undefined
  /** Why fewer documents than planned were tried; the search then proves nothing. */
  readonly gaveUp: string | undefined
}

const skipsPerRun = 20

/** Runs one search; the same seed and the same release of fast-check give the same documents. */
export function searchCounterExample(fast: FastCheck, plan: SearchPlan): SearchResult {
  const construct = codeIn(plan.old)
  if (construct !== undefined)
    return { passed: 0, found: undefined, gaveUp: `nobody can make documents for ${construct}` }
  try {
    const edges = edgesOf([plan.old, ...plan.targets])
    const documents = documentArbitrary(fast, plan.old, { edges, extraNames: extraNames(plan) })
    const property = fast.property(documents, (document) => {
      fast.pre(fitsNode(plan.old, document) && plan.isAccepted(document))
      return plan.read(document) === undefined
    })
    const { documents: numRuns, seed } = plan
    const result = fast.check(property, { numRuns, seed, maxSkipsPerRun: skipsPerRun, endOnFailure: false })
    if (result.counterexample !== null) return foundBy(plan, result.counterexample[0], result.numRuns - 1)
    const gaveUp = result.failed ? 'too few random documents were valid old ones' : undefined
    return { passed: result.numRuns, found: undefined, gaveUp }
  } catch (error) {
    if (error instanceof NoDocuments) return { passed: 0, found: undefined, gaveUp: error.message }
    throw error
  }
}

/** Run once more, apart from the search: a counter-example is only what fails twice. */
function foundBy(plan: SearchPlan, document: unknown, passed: number): SearchResult {
  const refusal = plan.read(document)
  if (refusal === undefined)
    return { passed, found: undefined, gaveUp: 'the new package answers differently each time' }
  return { passed, found: { document, refusal }, gaveUp: undefined }
}

/** Names that may stand in open objects beyond their own. */
function extraNames({ old, targets, extras }: SearchPlan): readonly string[] {
  const claimed = memberNames(targets)
  const known = memberNames([old])
  if (extras === 'claimed') return [...claimed].filter((name) => !known.has(name) || hasSeveralObjects(old))
  return ['x', 'note', 'extra'].filter((name) => !claimed.has(name) && !known.has(name))
}

/** With one object, its own names are taken; with several, one's name may be another's stranger. */
function hasSeveralObjects(node: FrozenNode): boolean {
  let count = 0
  const visit = (part: FrozenNode): void => {
    if (part.kind === 'object') count++
    if (part.kind === 'object') for (const member of Object.values(part.members)) visit(member)
    else if (part.kind === 'union') part.options.forEach(visit)
    else if (part.kind === 'array') visit(part.items)
    else if (part.kind === 'record') visit(part.values)
    else if (part.kind === 'tuple') part.items.forEach(visit)
  }
  visit(node)
  return count > 1
}
