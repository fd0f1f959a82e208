// Where a ledger comes from: made here, or adopted, and then what its file was on that day. What was wrong then is history,
// named by verify and never taken for damage.
import fs from 'node:fs'
import path from 'node:path'
import type { Finding } from '@ledgerd/schema'
import { writeFileDurably } from './durable.ts'

export interface Origin {
  readonly v: 1
  readonly kind: 'created' | 'adopted'
  readonly ledger: string
  readonly schema: string
  /** Writer profile, or `conflict` when the lines speak for more than one. */
  readonly profile: string
  /** Lines and bytes on that day; 0 for a created ledger. */
  readonly lines: number
  readonly bytes: number
  readonly root?: string
  readonly variants?: Readonly<Record<string, number>>
  /** The first findings, and how many there were in all. */
  readonly findings?: readonly Finding[]
  readonly findingsTotal?: number
}

const fileOf = { created: 'created.json', adopted: 'adoption.json' }

/** The origin on record; undefined for a ledger that is opened for the first time. */
export function originOf(sidecar: string): Origin | undefined {
  for (const name of Object.values(fileOf)) {
    const file = path.join(sidecar, name)
    if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')) as Origin
  }
  return undefined
}

/** Records the origin durably, once. */
export function writeOrigin(sidecar: string, origin: Origin): void {
  writeFileDurably(path.join(sidecar, fileOf[origin.kind]), `${JSON.stringify(origin, undefined, 1)}\n`)
}
