// Asks for descriptors before work that must not fail for want of them half way.
import fs from 'node:fs'
import os from 'node:os'
import { outOfResources } from './out-of-resources.ts'
import { isShortOfResources, isSystemError } from './stop-signal.ts'

/** Throws BUSY unless so many more can be had at once; `what` is the work that cannot be done then. */
export function requireDescriptors(count: number, what: string): void {
  const taken: number[] = []
  try {
    while (taken.length < count) taken.push(fs.openSync(os.devNull, fs.constants.O_RDONLY))
  } catch (error) {
    if (!isSystemError(error)) throw error
    // Where there is no such device nothing is known, and the work is tried.
    if (isShortOfResources(error)) throw outOfResources(what, error)
  } finally {
    for (const fd of taken) fs.closeSync(fd)
  }
}
