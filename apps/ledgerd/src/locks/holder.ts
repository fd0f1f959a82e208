// Who holds a lock, in a file people and refusals can read. Says nothing about whether the lock is held: the kernel does.
import fs from 'node:fs'
import path from 'node:path'
import { syncFolder } from '../storage/durable.ts'

export interface Holder {
  readonly pid: number
  readonly host: string
  readonly epoch: number
  /** RFC 3339. */
  readonly since: string
}

/**
 * Writes the holder file, mode 0600, over another one if there is one: the name is there all the time, and durable when this
 * returns. The content is not: after a crash nobody holds anything.
 */
export function writeHolder(file: string, holder: Holder): void {
  const temporary = `${file}.new`
  fs.rmSync(temporary, { force: true })
  fs.writeFileSync(temporary, `${JSON.stringify(holder)}\n`, { mode: 0o600, flag: 'wx' })
  fs.renameSync(temporary, file)
  syncFolder(path.dirname(file))
}

/** The holder named last; undefined when the file is missing or no holder can be read from it. */
export function readHolder(file: string): Holder | undefined {
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const value = JSON.parse(text) as Partial<Holder>
    const { pid, host, epoch, since } = value
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof epoch !== 'number' || typeof since !== 'string')
      return undefined
    return { pid, host, epoch, since }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** A sentence for refusals. */
export function describeHolder(holder: Holder | undefined): string {
  if (holder === undefined) return 'a process that left no name (the original Python writer locks this way)'
  return `process ${holder.pid} on ${holder.host}, since ${holder.since}`
}
