// A large append goes to the engine in parts, one a turn, so that whoever sends little waits for one part and not for all of
// it. Only what may be taken apart is: drafts that stand for themselves. What became of the parts is told as one result.
import { invariant, LedgerError } from '@ledgerd/schema/errors'
import { AppendRun } from '../engine/append-run.ts'
import type { AppendRequest, AppendResult, DraftOutcome, Engine } from '../engine/ports.ts'
import type { Handle } from './turnstile.ts'

export interface AppendInParts {
  /** Settles as `Engine.append` does, once every part is committed or refused. */
  readonly result: Promise<AppendResult>
  /** Hands over the next part, in a later turn; undefined when all of it went at once. */
  readonly rest: Handle | undefined
}

type Part = Pick<AppendRequest, 'drafts' | 'count'>

/** Appends the first part now. Parts have about `partBytesMax` bytes, at least one draft. */
export function appendInParts(
  engine: Pick<Engine, 'append'>,
  request: AppendRequest,
  partBytesMax: number,
): AppendInParts {
  const parts = partsOf(request, partBytesMax)
  if (parts === undefined) return { result: engine.append(request), rest: undefined }
  const append = new PartedAppend(engine, request, parts)
  return { rest: append.next(), result: append.result }
}

/** Undefined for what is small, has to be judged as a whole, or is not what it says it is: the engine says so. */
function partsOf({ drafts, count, isAtomic, expect }: AppendRequest, partBytesMax: number): Part[] | undefined {
  if (drafts.length <= partBytesMax || isAtomic || expect !== undefined || drafts.at(-1) !== 0x0a) return undefined
  const parts: { from: number; to: number; count: number }[] = []
  let lines = 0
  for (let from = 0; from < drafts.length; ) {
    const to = drafts.indexOf(0x0a, from) + 1
    const last = parts.at(-1)
    if (last === undefined || to - last.from > partBytesMax) parts.push({ from, to, count: 1 })
    else Object.assign(last, { to, count: last.count + 1 })
    lines++
    from = to
  }
  if (lines !== count) return undefined
  return parts.map((part) => ({ drafts: drafts.subarray(part.from, part.to), count: part.count }))
}

/** A part that was refused, or ran into a defect. */
interface Failed {
  readonly kind: 'failed'
  readonly error: unknown
}

class PartedAppend {
  readonly result: Promise<AppendResult>
  readonly #engine: Pick<Engine, 'append'>
  readonly #request: AppendRequest
  /** Parts must not overtake each other where one of them is refused for now. */
  readonly #run: AppendRun
  readonly #parts: readonly Part[]
  readonly #results: Promise<AppendResult | Failed>[] = []
  #settle: ((result: Promise<AppendResult>) => void) | undefined

  constructor(engine: Pick<Engine, 'append'>, request: AppendRequest, parts: readonly Part[]) {
    this.#engine = engine
    this.#request = request
    this.#run = request.run ?? new AppendRun()
    this.#parts = parts
    this.result = new Promise((resolve) => (this.#settle = resolve))
  }

  /** Hands over the next part; returns how to go on, unless it was the last. */
  next(): Handle | undefined {
    const part = this.#parts[this.#results.length]
    invariant(part !== undefined, 'a part is left as long as there is a rest')
    this.#results.push(this.#append(part))
    if (this.#results.length < this.#parts.length) return () => this.next()
    this.#settle?.(Promise.all(this.#results).then((results) => joined(results, this.#parts)))
    return undefined
  }

  async #append(part: Part): Promise<AppendResult | Failed> {
    const run = this.#run
    try {
      const result = await this.#engine.append({ ...this.#request, ...part, run })
      if (result.kind === 'mixed')
        for (const outcome of result.outcomes) if ('error' in outcome) run.hear(outcome.error)
      return result
    } catch (error) {
      run.hear(error)
      return { kind: 'failed', error }
    }
  }
}

/** One result of all. What every part is refused is the request's refusal. */
function joined(results: readonly (AppendResult | Failed)[], parts: readonly Part[]): AppendResult {
  const failed = results.filter((result) => result.kind === 'failed')
  const defect = failed.find(({ error }) => !(error instanceof LedgerError))
  if (defect !== undefined) throw defect.error
  if (failed.length === results.length) throw leastPromising(failed.map(({ error }) => error as LedgerError))
  return contiguous(results) ?? mixed(results, parts)
}

/** Whether lines are on disk may be unknown. */
function leastPromising(refusals: readonly LedgerError[]): LedgerError {
  const refusal = refusals.find(({ outcome }) => outcome === 'unknown') ?? refusals[0]
  invariant(refusal !== undefined, 'there is a part')
  return refusal
}

/** The short form, when it is true of all parts together. */
function contiguous(results: readonly (AppendResult | Failed)[]): AppendResult | undefined {
  const plain = results.filter((result) => result.kind === 'plain')
  const [first] = plain
  if (first === undefined || plain.length < results.length) return undefined
  let next = first.seq
  for (const { seq, epoch, leafHashes } of plain) {
    if (seq !== next || epoch !== first.epoch) return undefined
    next += leafHashes.length
  }
  const eventIds = plain.flatMap((part) => part.eventIds)
  return { ...first, eventIds, leafHashes: plain.flatMap(({ leafHashes }) => leafHashes) }
}

function mixed(results: readonly (AppendResult | Failed)[], parts: readonly Part[]): AppendResult {
  const outcomes = results.flatMap((result, at) => outcomesOf(result, parts[at]?.count ?? 0))
  return { kind: 'mixed', epoch: epochOf(results), outcomes }
}

/** Of the last part that has one: they only rise. */
function epochOf(results: readonly (AppendResult | Failed)[]): number {
  return results.reduce((epoch, result) => (result.kind === 'failed' ? epoch : result.epoch), 0)
}

function outcomesOf(result: AppendResult | Failed, count: number): readonly DraftOutcome[] {
  if (result.kind === 'failed') return Array.from({ length: count }, () => ({ error: result.error as LedgerError }))
  if (result.kind === 'mixed') return result.outcomes
  const { seq, eventIds, leafHashes } = result
  return leafHashes.map((leafHash, at) => ({
    seq: seq + at,
    eventId: eventIds[at] ?? '',
    leafHash,
    isDuplicate: false,
  }))
}
