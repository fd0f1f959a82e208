// The lines of a bare file between two positions, and on from there as they are written. Survives the file being
// replaced or cut, and says so: a follow that ends or skips in silence is a defect.
import fs from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { LineSplitter } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import { fileChunks, openFile } from './file-bytes.ts'
import { type FilePlace, findPlace } from './file-position.ts'
import type { LineItem } from './line-item.ts'
import type { Position } from './position.ts'

export interface FileLinesOptions {
  readonly path: string
  readonly ledger: string
  readonly from: Position
  readonly to: Position | undefined
  readonly isFollowing: boolean
  readonly schema: LedgerSchema
  readonly signal: AbortSignal
  /** Told about gaps, and about a last line without LF. */
  readonly onNotice: (sentence: string) => void
}

const pollMs = 200

/** Yields lines until `to`, the end, or for ever. */
export async function* fileLines(options: FileLinesOptions): AsyncGenerator<LineItem> {
  const { path, from, to, isFollowing, schema, signal, onNotice } = options
  let file = await openFile(path)
  try {
    let { size } = await file.stat()
    let place = await findPlace(path, file, size, from, schema)
    const end = to === undefined ? size : (await findPlace(path, file, size, to, schema)).offset
    place = yield* linesBetween(options, file, place, end)
    if (!isFollowing && place.offset < end) yield* lastFragment(options, file, place, end)
    while (isFollowing && !signal.aborted) {
      size = (await file.stat()).size
      const named = fs.statSync(path, { throwIfNoEntry: false })
      const isReplaced = named !== undefined && named.ino !== (await file.stat()).ino
      if (size > place.offset) place = yield* linesBetween(options, file, place, size)
      if (size < place.offset || isReplaced) {
        onNotice(
          `${path} was ${isReplaced ? 'replaced' : `cut to ${size} bytes`} behind seq ${place.seq - 1}; reading on from its start`,
        )
        await file.close()
        file = await openFile(path)
        place = { offset: 0, seq: 0 }
        continue
      }
      await sleep(pollMs, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
    }
  } finally {
    await file.close()
  }
}

/** Whole lines from `place` up to `end`; returns where the first line begins that is not whole yet. */
async function* linesBetween(
  { path, ledger, schema, signal }: FileLinesOptions,
  file: FileHandle,
  place: FilePlace,
  end: number,
): AsyncGenerator<LineItem, FilePlace> {
  const splitter = new LineSplitter({ lineBytesMax: Number.MAX_SAFE_INTEGER })
  let { offset, seq } = place
  for await (const chunk of fileChunks(path, file, place.offset, end)) {
    if (signal.aborted) break
    for (const line of splitter.push(chunk)) {
      const at = place.offset + line.offset
      yield { ledger, seq, offset: at, bytes: line.bytes, schema }
      offset = at + line.bytes.length + 1
      seq++
    }
  }
  return { offset, seq }
}

async function* lastFragment(
  { path, ledger, schema, onNotice, signal }: FileLinesOptions,
  file: FileHandle,
  place: FilePlace,
  end: number,
): AsyncGenerator<LineItem> {
  if (signal.aborted) return
  const parts: Uint8Array[] = []
  for await (const chunk of fileChunks(path, file, place.offset, end)) parts.push(chunk.slice())
  onNotice(
    `${path}: the last line (seq ${place.seq}) has no line feed; see what it is: ledgerd verify ${path} --level tail`,
  )
  yield { ledger, seq: place.seq, offset: place.offset, bytes: Buffer.concat(parts), schema }
}
