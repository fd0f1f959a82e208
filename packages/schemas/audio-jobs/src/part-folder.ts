// The folder of an index, as the source of its parts.
import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileBytes, isAbsence } from './content-folder.ts'
import { isInside } from './read-parts.ts'
import type { OpenPart } from './read-parts.ts'

/** Opens parts below `folder`. Links are followed, but not out of it. */
export function partFolder(folder: string): OpenPart {
  return async (part) => {
    if (!isInside(part)) return 'outside'
    try {
      const root = await realpath(folder)
      const file = await realpath(path.join(root, part))
      if (!file.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) return 'outside'
      return (await stat(file)).isFile() ? fileBytes(file) : undefined
    } catch (error) {
      if (isAbsence(error)) return undefined
      throw error
    }
  }
}
