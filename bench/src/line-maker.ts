// Makes any number of distinct, valid ledger lines from recorded ones: a new event id, and the checksum that goes with
// it. Needs no serialiser, because `_checksum` sorts first in a line: what it covers is the rest of the same bytes.
import { hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { invariant } from '@ledgerd/schema'

const checksumMember = /^\{"_checksum": "sha256:[0-9a-f]{64}", /
const idPattern = /"event_id": "([0-9a-f]{32})"/
const worldPattern = /"world_id": "[^"]*"\}$/

/** A recorded line taken apart at the places that change. */
export interface LinePattern {
  readonly beforeId: string
  readonly afterId: string
}

/** Takes all recorded lines apart, for a ledger of the world named. */
export function worldOf(lines: readonly Buffer[], world: string): LinePattern[] {
  return lines.map((line) => linePattern(line, world))
}

/** Takes a recorded line apart and renames its world to that of the new ledger. */
export function linePattern(line: Buffer, world: string): LinePattern {
  const text = line.toString()
  const member = checksumMember.exec(text)
  invariant(member !== null, 'a recorded line begins with its checksum')
  const covered = `{${text.slice(member[0].length)}`.replace(worldPattern, `"world_id": "${world}"}`)
  const id = idPattern.exec(covered)
  invariant(id?.[1] !== undefined, 'a recorded line has an event id')
  const idStart = id.index + id[0].length - 1 - id[1].length
  return { beforeId: covered.slice(0, idStart), afterId: covered.slice(idStart + id[1].length) }
}

/** The line, LF included, with the event id that `serial` stands for. Checksum by the `python` rule (formats §2.3). */
export function makeLine(pattern: LinePattern, serial: number): string {
  const covered = pattern.beforeId + serial.toString(16).padStart(32, '0') + pattern.afterId
  const checksum = hash('sha256', covered)
  return `{"_checksum": "sha256:${checksum}", ${covered.slice(1)}\n`
}

/** Writes `count` lines in recorded order, over and over; returns the bytes written. */
export async function writeLedgerFile(path: string, patterns: readonly LinePattern[], count: number): Promise<number> {
  const file = createWriteStream(path, { mode: 0o600 })
  let chunk = ''
  for (let serial = 0; serial < count; serial++) {
    chunk += makeLine(patterns[serial % patterns.length] as LinePattern, serial)
    if (chunk.length > 1 << 20) {
      if (!file.write(chunk)) await once(file, 'drain')
      chunk = ''
    }
  }
  file.end(chunk)
  await finished(file)
  return file.bytesWritten
}
