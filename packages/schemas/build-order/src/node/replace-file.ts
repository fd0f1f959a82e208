// Replaces a file as a whole: whoever reads it, and whatever dies meanwhile, finds the old bytes or the new ones.
import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes `bytes` to a file beside `file`, makes them durable, renames it over `file`, and makes the renaming durable. The
 * caller holds the lock of `file`, so that what an earlier writer left behind under the temporary name is nobody's.
 */
export async function replaceFile(file: string, bytes: Uint8Array, mode: number): Promise<void> {
  const temporary = `${file}.next`
  await rm(temporary, { force: true })
  try {
    await writeDurably(temporary, bytes, mode)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await closing(await open(dirname(file), 'r'), (folder) => folder.sync())
}

async function writeDurably(file: string, bytes: Uint8Array, mode: number): Promise<void> {
  await closing(await open(file, 'wx', mode), async (handle) => {
    await handle.writeFile(bytes)
    // The umask took bits off the mode of the new file.
    await handle.chmod(mode)
    await handle.sync()
  })
}

async function closing(handle: FileHandle, act: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await act(handle)
  } finally {
    await handle.close()
  }
}
