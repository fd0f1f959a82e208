// Bugs planted into a recorded run: the same calls, in the order or with the gaps that a wrong commit path would have. Each
// must be found among the crash states, or the laboratory sees nothing.
import type { RecordedRun, TraceEvent } from '@ledgerd/testkit'
import { ledgerInodes } from './crash-runs.ts'
import type { Recording } from './record-run.ts'

export interface PlantedTrace {
  readonly name: string
  /** Which run it is planted into. */
  readonly into: 'groups' | 'recovery'
  /** What the run's second syncs cover; the head record unless said otherwise. */
  readonly secondSync?: 'same'
  plant(run: Recording): RecordedRun
}

export const plantedTraces: readonly PlantedTrace[] = [
  { name: 'no sync', into: 'groups', plant: (run) => without(run, isLedgerSync(run)) },
  {
    name: 'no sync, of a head record that trails',
    into: 'groups',
    secondSync: 'same',
    plant: (run) => without(run, isLedgerSync(run)),
  },
  { name: 'receipt before sync', into: 'groups', plant: (run) => earlier(run, isTold, isLedgerSync(run)) },
  { name: 'publish before sync', into: 'groups', plant: (run) => earlier(run, isSeen, isLedgerSync(run)) },
  { name: 'head record before sync', into: 'groups', plant: (run) => earlier(run, isHead, isLedgerSync(run)) },
  { name: 'no folder sync', into: 'groups', plant: (run) => without(run, (event) => event.kind === 'sync-folder') },
  { name: 'cut before setting aside', into: 'recovery', plant: cutFirst },
  { name: 'kept lines not synced', into: 'recovery', plant: (run) => without(run, isLedgerSync(run)) },
]

type Is = (event: TraceEvent) => boolean

const isTold: Is = ({ kind }) => kind === 'receipt'
const isSeen: Is = ({ kind }) => kind === 'seen'
const isHead: Is = (event) => event.kind === 'write' && event.isDurable

function isLedgerSync(run: Recording): Is {
  const ledgers = ledgerInodes(run)
  return (event) => event.kind === 'sync' && ledgers.has(event.ino)
}

function without(run: Recording, isLeftOut: Is): RecordedRun {
  return { ...run, events: run.events.filter((event) => !isLeftOut(event)) }
}

/** Events of one kind moved before the last event of another kind that stands before them. */
function earlier(run: Recording, isMoved: Is, isPassed: Is): RecordedRun {
  const events: TraceEvent[] = []
  for (const event of run.events) {
    const at = isMoved(event) ? events.findLastIndex(isPassed) : -1
    if (at < 0) events.push(event)
    else events.splice(at, 0, event)
  }
  return { ...run, events }
}

/** Recovery cuts the file before it has copied what it cuts. */
function cutFirst(run: Recording): RecordedRun {
  const cuts = run.events.filter(({ kind }) => kind === 'truncate')
  return { ...run, events: [...cuts, ...run.events.filter(({ kind }) => kind !== 'truncate')] }
}
