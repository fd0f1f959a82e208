// What is said of an error of the file system: what Node says, but for a used-up disk quota. libuv has no name for EDQUOT, so
// Node calls it an unknown error, which tells an operator nothing.
import os from 'node:os'

/** The call and the path are named where Node knows them, as in the sentences of all other errors. */
export function systemErrorText(error: NodeJS.ErrnoException): string {
  if (!isQuotaUsedUp(error)) return error.message
  const { syscall, path } = error
  const call = syscall === undefined ? '' : `, ${syscall}`
  return `EDQUOT: a disk quota is used up${call}${path === undefined ? '' : ` '${path}'`}`
}

/** A quota of a user, a group, a project or a subvolume lets nothing more in, though the disk may have room. */
export function isQuotaUsedUp(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && error.errno === -os.constants.errno.EDQUOT
}
