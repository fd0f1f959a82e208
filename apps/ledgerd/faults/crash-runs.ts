// The recorded runs that suite A crashes: a ledger is made, groups of several sizes are committed inline and as in the pool,
// alone and with another ledger, it is closed and opened again; and recovery itself, from a torn tail and from the middle of
// another recovery.
import { CrashDisk, type DiskOp, type FolderImage } from '@ledgerd/testkit'
import type { SecondSync } from '../src/config.ts'
import { type Recording, recordRun, type Step } from './record-run.ts'

export const hall = 'worlds/hall'
export const yard = 'yard'

/** A ledger is made, goes on, is closed, and goes on again. */
export function creationRun(): Promise<Recording> {
  return recordRun(
    [
      [{ ledger: hall, from: 0, to: 2 }],
      [{ ledger: hall, from: 2, to: 3 }],
      'close',
      [{ ledger: hall, from: 3, to: 5 }],
    ],
    undefined,
  )
}

/**
 * Groups by chance: sizes, texts over several pages, two ledgers at once, committed inline or as in the pool. Where the head
 * record trails, the daemon is left alone after some of them.
 */
export function groupsRun(random: () => number, groups: number, secondSync: SecondSync = 'head'): Promise<Recording> {
  const upTo = (most: number): number => 1 + Math.floor(random() * most)
  const next = { [hall]: 0, [yard]: 100_000 }
  const steps = Array.from({ length: groups }, (): Step => {
    const isBoth = random() < 0.3
    const textLength = random() < 0.15 ? 4000 : upTo(60)
    return (isBoth ? [hall, yard] : [hall]).map((ledger) => {
      const from = next[ledger as keyof typeof next]
      const to = from + upTo(textLength > 60 ? 2 : 4)
      next[ledger as keyof typeof next] = to
      return { ledger, from, to, textLength }
    })
  })
  const inlineBytesMax = random() < 0.5 ? 0 : 1 << 20
  const rest = (step: Step): Step[] => (secondSync === 'head' || random() < 0.5 ? [step] : [step, 'quiet'])
  return recordRun(steps.flatMap(rest), undefined, { inlineBytesMax, secondSync })
}

/** Where a run is cut: the disk then, and what clients knew. */
export interface Cut {
  readonly image: FolderImage
  readonly evidence: Recording['evidence']
  readonly sent: ReadonlySet<string>
}

/**
 * The disk with everything kept up to call `at`, and of that call, if it is a write, only a part. Of head records that trail
 * what was synced is there, so that lines above them were acknowledged.
 */
export function cutAt(run: Recording, at: number, part: number): Cut {
  const disk = new CrashDisk(run.image, run.inodes)
  const receipts = [...run.evidence.receipts]
  for (const event of run.events.slice(0, at)) {
    if (event.kind === 'receipt') receipts.push(event.receipt)
    else if (event.kind !== 'seen') disk.apply(event)
  }
  const last = run.events[at]
  if (last?.kind === 'write')
    disk.apply({ ...last, bytes: last.bytes.subarray(0, Math.floor(last.bytes.length * part)) })
  const isBehind = (ino: number): boolean => run.trails && disk.nameOf(ino)?.endsWith('.jsonl/head') === true
  const image = disk.image(disk.pendingNames, (ino) => (isBehind(ino) ? disk.durableOf(ino) : disk.cachedOf(ino)))
  return { image, evidence: { ...run.evidence, receipts }, sent: run.sent }
}

/** Recovery of a torn group, and one more append: the run in which recovery itself is crashed. */
export async function recoveryRun(
  run: Recording,
  random: () => number,
  secondSync: SecondSync = 'head',
): Promise<Recording> {
  const writes = groupWrites(run).filter(
    ({ op }) => op.bytes.includes(0x0a) && op.bytes.indexOf(0x0a) < op.bytes.length - 1,
  )
  const { at } = writes[Math.floor(random() * writes.length)] ?? { at: run.events.length - 1 }
  const before = cutAt(run, at, 0.55 + random() * 0.44)
  return await recordRun([[{ ledger: hall, from: 900_000, to: 900_001 }]], before, { secondSync })
}

/** A recovery that begins in the middle of another: after the cut, before everything was appended anew. */
export async function secondRecoveryRun(
  recovery: Recording,
  random: () => number,
  secondSync: SecondSync = 'head',
): Promise<Recording> {
  const cut = recovery.events.findIndex(({ kind }) => kind === 'truncate')
  const before = cutAt(recovery, cut + 1, random())
  return await recordRun([[{ ledger: hall, from: 900_000, to: 900_002 }]], before, { secondSync })
}

/** Writes into ledgers, with their places in the trace. */
export function groupWrites(
  run: Recording,
): { readonly at: number; readonly op: Extract<DiskOp, { kind: 'write' }> }[] {
  const ledgers = ledgerInodes(run)
  return run.events.flatMap((op, at) => (op.kind === 'write' && ledgers.has(op.ino) ? [{ at, op }] : []))
}

/** The numbers of all files that are ledgers. */
export function ledgerInodes(run: Recording): ReadonlySet<number> {
  const isLedger = (path: string): boolean => path.endsWith('.jsonl') && !path.startsWith('.ledgerd/')
  const before = [...run.inodes].filter(([path]) => isLedger(path)).map(([, ino]) => ino)
  const made = run.events.flatMap((event) => (event.kind === 'create' && isLedger(event.path) ? [event.ino] : []))
  return new Set([...before, ...made])
}
