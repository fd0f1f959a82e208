// Walks through a recorded run, crashes it at every point in every way, and has each state judged against what clients had
// been told by then.
import { hash } from 'node:crypto'
import { CrashDisk } from './crash-disk.ts'
import { type CrashState, type Granularity, statesAfter, statesDuring } from './crash-states.ts'
import type { TraceEvent } from './disk-op.ts'
import type { Evidence, KeptReceipt, SeenLine, Violation } from './evidence.ts'
import type { FolderImage } from './folder-image.ts'

export interface RecordedRun {
  /** The disk before, all of it durable, and the numbers its files have in the trace. */
  readonly image: FolderImage
  readonly inodes: ReadonlyMap<string, number>
  readonly events: readonly TraceEvent[]
  /** What clients had been told before. */
  readonly evidence: Evidence
}

export interface JudgedState extends CrashState {
  /** The same for equal images. */
  readonly digest: string
  /** Told to clients before this crash. */
  readonly evidence: Evidence
}

export interface Exploration {
  /** Points at which the run was crashed. */
  readonly points: number
  /** States judged: a state seen at two points counts twice, at one point once. */
  readonly states: number
  readonly violations: readonly Violation[]
  readonly kinds: ReadonlyMap<string, number>
}

export interface ExploreOptions {
  readonly grain: Granularity
  /** Judges one state; its violations are put down. */
  readonly judge: (state: JudgedState) => Promise<readonly Violation[]>
  /** Enough is enough. */
  readonly violationsMax: number
  readonly statesMax: number
}

/** Every crash of a run. Stops early at `violationsMax` or `statesMax`. */
export async function exploreCrashes(run: RecordedRun, options: ExploreOptions): Promise<Exploration> {
  const disk = new CrashDisk(run.image, run.inodes)
  const receipts: KeptReceipt[] = [...run.evidence.receipts]
  const seen: SeenLine[] = []
  const evidence: Evidence = { receipts, followers: [...run.evidence.followers, seen] }
  const kinds = new Map<string, number>()
  const violations: Violation[] = []
  let points = 0
  let states = 0

  const isOver = (): boolean => violations.length >= options.violationsMax || states >= options.statesMax
  const judgeAll = async (found: Iterable<CrashState>, where: string): Promise<void> => {
    points++
    const here = new Set<string>()
    for (const state of found) {
      const digest = digestOf(state.image)
      if (here.has(digest) || isOver()) continue
      here.add(digest)
      states++
      kinds.set(state.kind, (kinds.get(state.kind) ?? 0) + 1)
      for (const violation of await options.judge({ ...state, digest, evidence }))
        violations.push({ ...violation, sentence: `${where}, ${state.kind}: ${violation.sentence}` })
    }
  }
  for (const [at, event] of run.events.entries()) {
    if (isOver()) break
    if (event.kind === 'receipt') receipts.push(event.receipt)
    else if (event.kind === 'seen') seen.push(event.line)
    else {
      const where = `call ${at} (${event.kind})`
      await judgeAll(statesDuring(disk, event, options.grain), where)
      disk.apply(event)
    }
    const next = run.events[at + 1]
    const isToldNext = next?.kind === 'receipt' || next?.kind === 'seen'
    if (!isToldNext) await judgeAll(statesAfter(disk, options.grain), `after call ${at} (${event.kind})`)
  }
  return { points, states, violations, kinds }
}

const digests = new WeakMap<Buffer, string>()

/** SHA-256 over names and contents. Contents are hashed once. */
export function digestOf(image: FolderImage): string {
  let text = ''
  for (const [name, content] of image) text += `${name}\0${content === 'folder' ? '' : contentDigest(content)}\n`
  return hash('sha256', text, 'base64')
}

/** SHA-256 of a file of an image. */
export function contentDigest(content: Buffer): string {
  let digest = digests.get(content)
  if (digest === undefined) {
    digest = hash('sha256', content, 'base64')
    digests.set(content, digest)
  }
  return digest
}
