// What a system under test is to the bench: something that can be started, and something that a load process, which is
// always another process, can append to in a closed loop. One file per contender; nothing else knows their names.
import type { RecordedEvent } from './recorded-events.ts'
import type { Scratch } from './scratch.ts'

/** How much is asked at once: `callers` appends in flight, each of `batch` events. */
export interface Level {
  readonly callers: number
  readonly batch: number
}

/** One timed window of load. */
export interface Load extends Level {
  readonly warmUpMs: number
  readonly windowMs: number
}

/** What a window of load came to. */
export interface Measured {
  /** Events whose receipt came within the window, per second. */
  readonly eventsPerSecond: number
  /** From the call to its receipt, in milliseconds. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** The system as the bench process holds it. */
export interface Started {
  /** Where the load process finds it: a path or a URL, understood by the same contender's `open`. */
  readonly target: string
  /** All that it wrote; the bench removes it. */
  readonly folder: string
  readonly stop: () => Promise<void>
}

/** The system as the load process holds it. */
export interface LoadSession {
  run(load: Load): Promise<Measured>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly nextEvent: () => RecordedEvent
  /** Recorded lines as they lie on disk, for those who only move bytes. */
  readonly lines: readonly Buffer[]
}

export interface StartOptions {
  readonly scratch: Scratch
  /** Where the system, if it is a Node program of ours, leaves its CPU profile when it ends. */
  readonly profileFolder: string | undefined
}

export interface Contender {
  /** Kebab-case, unique, the key in the JSON report. */
  readonly name: string
  /** The row of the table. */
  readonly title: string
  /** What a receipt waited for. */
  readonly sync: string
  /** False for levels that say nothing new about it. */
  readonly takes: (level: Level) => boolean
  /** Rejects with NotInstalled when the machine does not have it. */
  readonly start: (options: StartOptions) => Promise<Started>
  readonly open: (target: string, options: OpenOptions) => Promise<LoadSession>
}

/** A peer that this machine does not have. The table says which package would bring it. */
export class NotInstalled extends Error {
  override readonly name: string = 'NotInstalled'
  readonly debianPackage: string

  constructor(debianPackage: string) {
    super(`not installed: apt-get install ${debianPackage}`)
    this.debianPackage = debianPackage
  }
}

/** For those who are no server: a folder to write in is all they need. */
export function startFolder(scratch: Scratch, name: string): Started {
  const folder = scratch.makeFolder(name)
  return { target: folder, folder, stop: async () => undefined }
}
