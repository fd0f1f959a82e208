// What every section of a run shares.
import type { Options } from './options.ts'
import type { Scratch } from './scratch.ts'

export interface RunContext {
  readonly options: Options
  readonly scratch: Scratch
  readonly recordedFolder: string
  /** One line of progress, for people; never part of the figures. */
  readonly say: (sentence: string) => void
}
