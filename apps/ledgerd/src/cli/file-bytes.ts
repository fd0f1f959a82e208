// Bytes of bare files, for reading only: no lock, no write permission, no sidecar needed.
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'

const chunkBytes = 1 << 20
const backwardBytes = 64 << 10

/** A pipe that nobody writes into would keep `open` waiting for ever, and no signal ends that wait. */
const readAtOnce = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Opens a plain file. Throws CliError: 2 when it is none, 4 when there is nothing, 7 when it cannot be read. */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, readAtOnce)
    const stat = await file.stat()
    if (stat.isFile()) return file
    await file.close()
    throw stat.isDirectory()
      ? new CliError(exitCodes.usage, `${path} is a folder`, `name its files: ${path.replace(/\/$/, '')}/*.jsonl`)
      : new CliError(
          exitCodes.usage,
          `${path} is a pipe or a device, not a file`,
          `take a copy: cat ${path} > copy.jsonl`,
        )
  } catch (error) {
    throw asCliError(error, path)
  }
}

/** Turns an error of the file system into words. Others pass through. */
export function asCliError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || error instanceof CliError) return error
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new CliError(exitCodes.notFound, `there is no file ${path}`, 'see what there is: ls', error)
  if (code === 'EACCES' || code === 'EPERM')
    return new CliError(
      exitCodes.undecided,
      `${path} cannot be read: permission denied`,
      `see who may: ls -l ${path}`,
      error,
    )
  return new CliError(exitCodes.undecided, `${path} cannot be read: ${code}`, undefined, error)
}

/** Bytes [from, to) in chunks, in two buffers used in turn: a chunk is valid until the one after the next is asked for. */
export async function* fileChunks(
  path: string,
  file: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  const buffers = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)] as const
  let ahead = readInto(file, buffers[0], from, to)
  try {
    for (let at = from, turn = 0; at < to; turn ^= 1) {
      const count = await ahead
      if (count === 0) return
      at += count
      // The next chunk is read while the caller works on this one.
      ahead = readInto(file, buffers[(turn ^ 1) as 0 | 1], at, to)
      yield buffers[turn as 0 | 1].subarray(0, count)
    }
  } catch (error) {
    throw asCliError(error, path)
  } finally {
    await ahead.catch(() => 0) // The file is closed next; what a read ahead met does not matter any more.
  }
}

async function readInto(file: FileHandle, buffer: Uint8Array, at: number, to: number): Promise<number> {
  const length = Math.min(buffer.length, to - at)
  return length <= 0 ? 0 : (await file.read(buffer, 0, length, at)).bytesRead
}

/** `length` bytes from `offset`; fewer at the end of the file. */
export async function readRange(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

/** Where the last `lines` lines begin in the first `size` bytes. Reads backwards over as much as it takes. */
export async function startOfLast(file: FileHandle, size: number, lines: number): Promise<number> {
  let wanted = lines
  if (wanted === 0) return size
  for (let end = size; end > 0; end -= backwardBytes) {
    const from = Math.max(0, end - backwardBytes)
    const bytes = await readRange(file, from, end - from)
    for (let at = bytes.length - 1; at >= 0; at--) {
      // The LF at the very end closes the last line; it does not begin another.
      if (bytes[at] !== 0x0a || from + at === size - 1) continue
      wanted--
      if (wanted === 0) return from + at + 1
    }
  }
  return 0
}

/** How many LFs there are in bytes [0, to). */
export async function countLines(path: string, file: FileHandle, to: number): Promise<number> {
  let count = 0
  for await (const chunk of fileChunks(path, file, 0, to))
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) count++
  return count
}
