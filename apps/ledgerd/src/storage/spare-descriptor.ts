// One descriptor kept back for what must be done when none is left, such as learning that a token was revoked.
import fs from 'node:fs'
import os from 'node:os'
import { isShortOfResources, isSystemError } from './stop-signal.ts'

export class SpareDescriptor {
  #fd: number | undefined

  constructor() {
    this.#keep()
  }

  /** Does the work; when no descriptor is left for it, once more in the place of the spare one. Throws what the work throws. */
  lend<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (this.#fd === undefined || !isShortOfResources(error)) throw error
      fs.closeSync(this.#fd)
      this.#fd = undefined
      return work()
    } finally {
      if (this.#fd === undefined) this.#keep()
    }
  }

  #keep(): void {
    try {
      this.#fd = fs.openSync(os.devNull, fs.constants.O_RDONLY)
    } catch (error) {
      // Somebody else was faster, or there is no such device: work is done without it, and it is tried again after the next.
      if (!isSystemError(error)) throw error
    }
  }
}
