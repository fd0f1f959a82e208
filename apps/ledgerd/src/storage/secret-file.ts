// A small file that only its owner can read. Created exclusively with its final mode; one that is wider, linked, or
// somebody else's is refused, because whoever could read it may have (reliability §8, files row).
import fs from 'node:fs'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema'
import { syncFolder } from './durable.ts'

export interface Secret {
  make(): string
  /** False for what a crash while writing, or an editor, may have left. */
  isValid(text: string): boolean
}

/** Reads the secret, or makes the file when it is missing. Throws CONFIG_INVALID and says what to do. */
export function readOrMakeSecret(file: string, secret: Secret): string {
  try {
    fs.writeFileSync(file, `${secret.make()}\n`, { mode: 0o600, flag: 'wx', flush: true })
    syncFolder(path.dirname(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const text = readSecret(file)
  if (!secret.isValid(text))
    throw new LedgerError('CONFIG_INVALID', `${file} holds no token; remove it, a new one is made`)
  return text
}

function readSecret(file: string): string {
  const fd = openNoFollow(file)
  try {
    const stat = fs.fstatSync(fd)
    if (!stat.isFile()) throw new LedgerError('CONFIG_INVALID', `${file} is not a plain file; remove it`)
    if ((stat.mode & 0o077) !== 0)
      throw new LedgerError(
        'CONFIG_INVALID',
        `${file} can be read by others; remove it, a new one is made at the next start`,
      )
    if (stat.nlink !== 1)
      throw new LedgerError('CONFIG_INVALID', `${file} has ${stat.nlink} names; remove it and the others`)
    if (stat.uid !== process.getuid?.())
      throw new LedgerError('CONFIG_INVALID', `${file} belongs to user ${stat.uid}; run as that user, or chown it`)
    return fs.readFileSync(fd, 'utf8').trim()
  } finally {
    fs.closeSync(fd)
  }
}

function openNoFollow(file: string): number {
  try {
    return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error
    throw new LedgerError('CONFIG_INVALID', `${file} is a link; remove it`, { cause: error })
  }
}
