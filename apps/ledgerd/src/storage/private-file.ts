// Reading a file that only its owner may see or write. One that is wider, linked or somebody else's is refused, because
// whoever could reach it may have (reliability §8, files row).
import fs from 'node:fs'
import { LedgerError } from '@ledgerd/schema/errors'

/** The file's text. Throws CONFIG_INVALID and says what to do; ENOENT as it comes. */
export function readPrivateFile(file: string): string {
  const fd = openNoFollow(file)
  try {
    const stat = fs.fstatSync(fd)
    if (!stat.isFile()) throw new LedgerError('CONFIG_INVALID', `${file} is not a plain file; remove it`)
    if ((stat.mode & 0o077) !== 0)
      throw new LedgerError('CONFIG_INVALID', `${file} can be reached by others; remove it and start again`)
    if (stat.nlink !== 1)
      throw new LedgerError('CONFIG_INVALID', `${file} has ${stat.nlink} names; remove it and the others`)
    if (stat.uid !== process.getuid?.())
      throw new LedgerError('CONFIG_INVALID', `${file} belongs to user ${stat.uid}; run as that user, or chown it`)
    return fs.readFileSync(fd, 'utf8')
  } finally {
    fs.closeSync(fd)
  }
}

function openNoFollow(file: string): number {
  try {
    return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error
    throw new LedgerError('CONFIG_INVALID', `${file} is a link; remove it`, { cause: error })
  }
}
