// A `build_state.json` on disk, read. Whatever is the matter with the file is a finding, never an exception, and never
// "there is no ledger".
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { buildStateBytesMax, parseBuildState, tooLarge } from '../build-state.ts'
import type { BuildState, ReadOptions } from '../build-state.ts'

/**
 * Reads the build state at `file`. Findings: `io-error` E for a file that is not there or cannot be read, and those of
 * `parseBuildState`. A file over `bytesMax` is not read into memory.
 */
export async function readBuildState(file: string, options: ReadOptions = {}): Promise<BuildState> {
  const { bytesMax = buildStateBytesMax } = options
  try {
    const bytes = await readBounded(file, bytesMax)
    return bytes === undefined ? unread(tooLarge(bytesMax)) : parseBuildState(bytes, options)
  } catch (error) {
    const message = `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`
    return unread({ code: 'io-error', severity: 'E', line: 0, offset: 0, path: '', message })
  }
}

/** The bytes of a file; undefined if there are more than `bytesMax`. Rejects with the system's error. */
export async function readBounded(file: string, bytesMax: number): Promise<Uint8Array | undefined> {
  const handle = await open(file, 'r')
  try {
    return await readUpTo(handle, bytesMax)
  } finally {
    await handle.close()
  }
}

/** The size that the system tells is a first answer only: the file may grow meanwhile. */
async function readUpTo(handle: FileHandle, bytesMax: number): Promise<Uint8Array | undefined> {
  const { size } = await handle.stat()
  if (size > bytesMax) return undefined
  const buffer = new Uint8Array(Math.min(size, bytesMax) + 1)
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
    if (bytesRead === 0) return buffer.subarray(0, length)
    length += bytesRead
  }
  throw new Error('it grew while it was read')
}

function unread(finding: BuildState['findings'][number]): BuildState {
  return { ledger: undefined, orderingLedger: undefined, stage: undefined, findings: [finding] }
}
