// Turns a position into a place of a bare file. Uses the derived index of a data folder where there is one, as a hint
// that is checked against the file; reads the file where there is none.
import fs from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { LineSplitter } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { countLines, fileChunks, readRange, startOfLast } from './file-bytes.ts'
import type { Position } from './position.ts'
import { findSidecarFolder } from './sidecar-files.ts'

export interface FilePlace {
  readonly offset: number
  readonly seq: number
}

const recordBytes = 48
const endOffsetAt = 32

/** The place of a position among the first `size` bytes. Throws CliError (4) when it lies behind the end. */
export async function findPlace(
  name: string,
  file: FileHandle,
  size: number,
  position: Position,
  schema: LedgerSchema,
): Promise<FilePlace> {
  switch (position.kind) {
    case 'start':
      return { offset: 0, seq: 0 }
    case 'end':
      return { offset: size, seq: await seqOf(name, file, size) }
    case 'last': {
      const offset = await startOfLast(file, size, position.lines)
      return { offset, seq: await seqOf(name, file, offset) }
    }
    case 'seq':
      return indexedPlace(name, file, size, position.seq) ?? (await countTo(name, file, size, position.seq))
    case 'time':
      return await findLine(name, file, size, (line) => (schema.timeMsOf(line) ?? Number.NaN) >= position.timeMs)
    default: {
      const eventId = schema.identityOf?.(position.eventId) ?? position.eventId
      const place = await findLine(name, file, size, (line) => schema.eventIdOf(line) === eventId)
      if (place.offset < size) return place
      throw new CliError(
        exitCodes.notFound,
        `no event ${position.eventId} in ${name}`,
        `ledgerd cat ${name} --plain | grep`,
      )
    }
  }
}

/** How many lines come before an offset that is a line's start. */
async function seqOf(name: string, file: FileHandle, offset: number): Promise<number> {
  return offset === 0 ? 0 : await countLines(name, file, offset)
}

async function countTo(name: string, file: FileHandle, size: number, seq: number): Promise<FilePlace> {
  let left = seq
  let offset = 0
  if (left === 0) return { offset: 0, seq: 0 }
  for await (const chunk of fileChunks(name, file, 0, size)) {
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) {
      left--
      if (left === 0) return { offset: offset + at + 1, seq }
    }
    offset += chunk.length
  }
  const there = seq - left
  throw new CliError(
    exitCodes.notFound,
    `${name} has ${there} lines; there is no cursor ${seq}`,
    `ledgerd tail ${name}`,
  )
}

async function findLine(
  name: string,
  file: FileHandle,
  size: number,
  isWanted: (line: Uint8Array) => boolean,
): Promise<FilePlace> {
  const splitter = new LineSplitter()
  let seq = 0
  for await (const chunk of fileChunks(name, file, 0, size)) {
    let found: FilePlace | undefined
    for (const line of splitter.push(chunk)) {
      if (found === undefined && isWanted(line.bytes)) found = { offset: line.offset, seq }
      seq++
    }
    if (found !== undefined) return found
  }
  const last = splitter.end()
  if (last !== undefined && isWanted(last.bytes)) return { offset: last.offset, seq }
  return { offset: size, seq }
}

/** The place by the derived index, if it knows the line and the file has a line end there. */
function indexedPlace(name: string, file: FileHandle, size: number, seq: number): FilePlace | undefined {
  const sidecar = seq === 0 ? undefined : findSidecarFolder(name)
  if (sidecar === undefined) return undefined
  try {
    const index = fs.openSync(path.join(sidecar.folder, 'lines'), 'r')
    try {
      const record = Buffer.alloc(recordBytes)
      if (fs.readSync(index, record, 0, recordBytes, (seq - 1) * recordBytes) < recordBytes) return undefined
      const offset = record.readDoubleBE(endOffsetAt)
      const before = Buffer.alloc(1)
      const isPossible = Number.isSafeInteger(offset) && offset > 0 && offset <= size
      if (!isPossible || fs.readSync(file.fd, before, 0, 1, offset - 1) !== 1 || before[0] !== 0x0a) return undefined
      return { offset, seq }
    } finally {
      fs.closeSync(index)
    }
  } catch (error) {
    // A hint that cannot be read is no hint; the file itself decides.
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return undefined
    throw error
  }
}

/** Bytes of one line from a place, without LF; undefined at the end. */
export async function lineAt(file: FileHandle, size: number, offset: number): Promise<Uint8Array | undefined> {
  if (offset >= size) return undefined
  for (let length = 4096; ; length *= 4) {
    const bytes = await readRange(file, offset, Math.min(length, size - offset))
    const end = bytes.indexOf(0x0a)
    if (end >= 0) return bytes.subarray(0, end)
    if (offset + bytes.length >= size) return bytes
  }
}
