// A folder as a content store. A file is named by its digest or id, bare or below a folder of the kind: `<hex>` or
// `sha256/<hex>`, `<id>` or `cid/<id>`.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { ContentStore } from '@ledgerd/schema'

/** Ids that are a plain file name everywhere; a store keeps no other. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/

/** Files are read as they are asked for. A folder that is not there holds nothing. */
export function contentFolder(folder: string): ContentStore {
  return {
    async open(reference) {
      const [kind = '', name = ''] = reference.split(/:(.*)/s)
      if (!namePattern.test(name) || !namePattern.test(kind)) return undefined
      for (const file of [path.join(folder, kind, name), path.join(folder, name)])
        if (await isFile(file)) return fileBytes(file)
      return undefined
    },
  }
}

/** The bytes of a file that is opened when the first are asked for. */
export function fileBytes(file: string): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => createReadStream(file)[Symbol.asyncIterator]() }
}

/** Any other failure than absence is the caller's to hear of. */
async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile()
  } catch (error) {
    if (isAbsence(error)) return false
    throw error
  }
}

export function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR'
}
