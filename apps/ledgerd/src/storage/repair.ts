// Repair of a tail, in an order that may be interrupted at any step and repeated: copy aside, leave a redo marker, cut back,
// append the kept lines anew, sync, remove the marker (reliability: repair). Writing the same bytes in place would not do:
// blocks under a failed sync are suspect for good.
import fs from 'node:fs'
import path from 'node:path'
import { sha256Hex } from '@ledgerd/canonical'
import { appendLineDurably, makeFolder, readAt, readIfThere, syncFolder, writeFileDurably } from './durable.ts'
import { readHead } from './head-file.ts'
import { StopSignal } from './stop-signal.ts'
import type { KeptTail } from './tail.ts'

interface Redo {
  readonly v: 1
  /** Where the file is cut. */
  readonly offset: number
  /** Name of the copy in `aside/`, and how much of it is appended again. */
  readonly aside: string
  readonly keptLength: number
  readonly keptSha256: string
  readonly needsLineFeed: boolean
  /** What is said of it in `recovery.jsonl`; absent in markers of earlier versions. */
  readonly report?: RepairReport
}

export interface RepairReport {
  readonly time: string
  readonly epoch: number
  readonly reason: KeptTail['reason']
  readonly offset: number
  readonly bytesAside: number
  readonly linesKept: number
  readonly aside: string
}

export interface RepairRequest {
  readonly file: string
  readonly sidecar: string
  /** The committed end: nothing below it is touched. */
  readonly offset: number
  readonly tail: Uint8Array
  readonly kept: KeptTail
  readonly epoch: number
  readonly time: string
}

/** Sets the tail aside and appends what is kept. Throws the file system's errors; a later open goes on from the marker. */
export function repairTail(request: RepairRequest): RepairReport {
  const { sidecar, tail, kept, offset } = request
  const aside = `${offset}-${sha256Hex(tail)}`
  makeFolder(path.join(sidecar, 'aside'))
  writeFileDurably(path.join(sidecar, 'aside', aside), tail)
  const report: RepairReport = {
    time: request.time,
    epoch: request.epoch,
    reason: kept.reason,
    offset,
    bytesAside: tail.length,
    linesKept: kept.lines,
    aside,
  }
  const redo: Redo = {
    v: 1,
    offset,
    aside,
    keptLength: kept.length,
    keptSha256: sha256Hex(tail.subarray(0, kept.length)),
    needsLineFeed: kept.needsLineFeed,
    report,
  }
  writeFileDurably(path.join(sidecar, 'redo'), JSON.stringify(redo))
  finishRepair(request.file, sidecar)
  return report
}

interface UnfinishedRepair {
  readonly marker: string
  readonly redo: Redo
  /** What comes to the file where it is cut. */
  readonly bytes: Buffer
}

/** What an interrupted repair had begun, if there is one. Changes nothing. Throws StopSignal where it cannot be gone on with. */
export function unfinishedRepair(sidecar: string): UnfinishedRepair | undefined {
  const marker = path.join(sidecar, 'redo')
  const content = readIfThere(marker)
  if (content === undefined) return undefined
  const redo = parseRedo(content.toString())
  const committed = readHead(sidecar)?.bytes ?? 0
  if (redo === undefined || redo.offset < committed)
    throw new StopSignal('acknowledged-damaged', 'the marker of an unfinished repair, redo, cannot be what was written')
  const kept = readAside(path.join(sidecar, 'aside', redo.aside)).subarray(0, redo.keptLength)
  if (sha256Hex(kept) !== redo.keptSha256)
    throw new StopSignal('acknowledged-damaged', `the copy aside/${redo.aside} of an unfinished repair is damaged`)
  return { marker, redo, bytes: redo.needsLineFeed ? Buffer.concat([kept, Buffer.from('\n')]) : kept }
}

/** Finishes a repair that was interrupted, if there is one. Under the lock, before anything else looks at the file. */
export function finishRepair(file: string, sidecar: string): void {
  const unfinished = unfinishedRepair(sidecar)
  if (unfinished === undefined) return
  const { marker, redo, bytes } = unfinished
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_NOFOLLOW)
  try {
    if (fs.fstatSync(fd).size < redo.offset)
      throw new StopSignal('acknowledged-missing', `the file ends before byte ${redo.offset}, where a repair began`)
    fs.ftruncateSync(fd, redo.offset)
    const written = bytes.length === 0 ? 0 : fs.writeSync(fd, bytes, 0, bytes.length, redo.offset)
    if (written !== bytes.length)
      throw new StopSignal('disk-full', 'the kept lines were written short, as when a disk or quota is full')
    fs.fdatasyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
  if (redo.report !== undefined) noteOnce(path.join(sidecar, 'recovery.jsonl'), JSON.stringify(redo.report))
  fs.rmSync(marker)
  syncFolder(sidecar)
}

/** Before the marker goes, so that no repair is without its line; not twice when it is done again from the marker. */
function noteOnce(file: string, line: string): void {
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8').endsWith(`${line}\n`)) return
  appendLineDurably(file, line)
}

/** The marker, if it is one. It got its name when it was whole: anything else is damage, and nothing is cut on its word. */
function parseRedo(text: string): Redo | undefined {
  let redo: Partial<Redo> | null
  try {
    redo = JSON.parse(text) as Partial<Redo> | null
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  const { v, offset, aside, keptLength, keptSha256, needsLineFeed, report } = redo ?? {}
  const isWhole =
    v === 1 &&
    isSize(offset) &&
    isSize(keptLength) &&
    typeof keptSha256 === 'string' &&
    typeof needsLineFeed === 'boolean' &&
    /^\d+-[0-9a-f]{64}$/.test(aside ?? '') &&
    aside?.startsWith(`${offset}-`) === true
  if (!isWhole) return undefined
  const whole = { v, offset, aside, keptLength, keptSha256, needsLineFeed }
  return typeof report === 'object' && report !== null ? { ...whole, report } : whole
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function readAside(file: string): Buffer {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new StopSignal(
      'acknowledged-missing',
      `the copy ${path.basename(file)} of an unfinished repair is gone`,
      error,
    )
  }
}

/** The tail's bytes. Refuses tails that cannot be held in memory at once. */
export function readTail(fd: number, from: number, to: number, bytesMax: number): Buffer {
  if (to - from > bytesMax)
    throw new StopSignal(
      'tail-too-large',
      `${to - from} bytes lie above the committed end; more than a crash can leave`,
    )
  return readAt(fd, from, to - from)
}
