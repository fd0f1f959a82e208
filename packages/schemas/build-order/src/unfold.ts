// The way back from an `orderingLedger` to events: how one is imported, at once or again after the build went on.
import { formatPointer } from '@ledgerd/canonical'
import type { Finding } from '@ledgerd/schema'
import type { OrderingEvent } from './events.ts'
import { emptyFold, foldOrderingLedger, needsUpsert } from './fold.ts'
import type { OrderingFold } from './fold.ts'
import { hashFault } from './ordering-hash.ts'
import { artifactOf, changedSeeds, isComplete, ownMember } from './ordering-ledger.ts'
import type { ArtifactEntry, OrderingLedger, Seeds } from './ordering-ledger.ts'

export interface Unfolded {
  /** To be appended in this order. */
  readonly events: readonly OrderingEvent[]
  /**
   * `entry-not-recordable` W: what no event can say. `entry-removed` W: what the fold has and the ledger no longer.
   * Paths are relative to the ordering ledger.
   */
  readonly findings: readonly Finding[]
}

/**
 * The events that bring `fold` (by default nothing) to `ledger`. Stage by stage in the ledger's order, seeds before
 * artifacts; at the end, if the seeds of the top level are not those written last, the seeds of a stage that has them
 * are written once more. Folding them gives the ledger back, but for what the findings name.
 */
export function unfold(ledger: OrderingLedger, fold: OrderingFold = emptyFold): Unfolded {
  const events: OrderingEvent[] = []
  const findings: Finding[] = [...removedEntries(ledger, fold)]
  for (const [stageKey, { seeds, artifacts }] of Object.entries(ledger.stages)) {
    if (seeds !== undefined) {
      const event = seedsEvent(stageKey, seeds)
      if (event === undefined)
        findings.push(notRecordable(['stages', stageKey, 'seeds'], 'A seed is missing or no count.'))
      else if (changedSeeds(ownMember(fold.orderingLedger.stages, stageKey)?.seeds ?? {}, seeds).length > 0)
        events.push(event)
    }
    for (const [artifact, entry] of Object.entries(artifacts ?? {})) {
      const event = artifactEvent(stageKey, artifact, entry)
      const path = ['stages', stageKey, 'artifacts', artifact]
      if (event === undefined) findings.push(notRecordable(path, 'It has no hash, or no count, that can be recorded.'))
      else if (needsUpsert(fold, event)) events.push(event)
    }
    if (artifacts === undefined ? seeds === undefined : Object.keys(artifacts).length === 0)
      findings.push(notRecordable(['stages', stageKey], 'It holds nothing.'))
  }
  return settleTopSeeds(ledger, fold, events, findings)
}

function settleTopSeeds(
  ledger: OrderingLedger,
  fold: OrderingFold,
  events: OrderingEvent[],
  findings: Finding[],
): Unfolded {
  const { seeds } = ledger
  const reached = foldOrderingLedger(events, fold).orderingLedger.seeds
  if (changedSeeds(reached, seeds).length === 0) return { events, findings }
  const source = Object.entries(ledger.stages).findLast(
    ([, stage]) => stage.seeds !== undefined && changedSeeds(stage.seeds, seeds).length === 0,
  )
  const event = source === undefined ? undefined : seedsEvent(source[0], seeds)
  if (event === undefined) findings.push(notRecordable(['seeds'], 'No stage has these seeds.'))
  else events.push(event)
  return { events, findings }
}

function seedsEvent(stageKey: string, seeds: Partial<Seeds>): OrderingEvent | undefined {
  if (!isComplete(seeds) || !isCount(seeds.fileCount)) return undefined
  const { discoveryHash, fileListHash, fileCount, mode } = seeds
  return { type: 'seeds', data: { stageKey, discoveryHash, fileListHash, fileCount, mode } }
}

function artifactEvent(stageKey: string, artifact: string, entry: ArtifactEntry): OrderingEvent | undefined {
  const { hash, rule, count, mode } = entry
  if (hash === null || hashFault(hash) === 'hash-format' || !isCount(count)) return undefined
  return { type: 'artifact', data: { stageKey, artifact, hash, rule, count, mode } }
}

function isCount(count: number | null): boolean {
  return count === null || (Number.isSafeInteger(count) && count >= 0)
}

function* removedEntries(ledger: OrderingLedger, { orderingLedger }: OrderingFold): Iterable<Finding> {
  for (const [stageKey, { seeds, artifacts }] of Object.entries(orderingLedger.stages)) {
    if (seeds !== undefined && ownMember(ledger.stages, stageKey)?.seeds === undefined)
      yield removed(['stages', stageKey, 'seeds'])
    for (const artifact of Object.keys(artifacts ?? {}))
      if (artifactOf(ledger, stageKey, artifact) === undefined)
        yield removed(['stages', stageKey, 'artifacts', artifact])
  }
}

function removed(path: readonly string[]): Finding {
  return finding('entry-removed', path, 'The ledger recorded this entry and keeps it; no event takes one back.')
}

function notRecordable(path: readonly string[], why: string): Finding {
  return finding('entry-not-recordable', path, `No event can say this entry. ${why}`)
}

function finding(code: string, path: readonly string[], message: string): Finding {
  return { code, severity: 'W', line: 0, offset: 0, path: formatPointer(path), message }
}
