// What followers that take nothing cost the daemon, while appends go on at the same slow pace before and after.
import type { Daemon } from '../daemon.ts'
import type { RunContext } from '../run-context.ts'
import { type Source, startFollower, startLoad } from './source.ts'

/** Resident memory of the daemon, in bytes. */
export interface Stuck {
  readonly followers: number
  readonly beforeBytes: number
  /** The followers' programs live, but do not take their events. */
  readonly idleBytes: number
  /** The followers' process does not run at all. */
  readonly stoppedBytes: number
}

const followers = 100
const settleMs = 2000

/** Undefined where the memory of a process cannot be read. */
export async function measureStuck(context: RunContext, source: Source, daemon: Daemon): Promise<Stuck | undefined> {
  if (daemon.server.residentBytes() === undefined) return undefined
  context.say(`${followers} stuck followers`)
  const load = await startLoad(context, source)
  const residentAfterAppends = async (): Promise<number> => {
    await load.ask({ callers: 1, batch: 1, warmUpMs: 0, windowMs: settleMs })
    return daemon.server.residentBytes() ?? Number.NaN
  }
  await residentAfterAppends()
  const beforeBytes = await residentAfterAppends()
  const follower = await startFollower(source)
  await follower.ask({ kind: 'get-stuck', followers })
  const idleBytes = await residentAfterAppends()
  follower.signal('SIGSTOP')
  const stoppedBytes = await residentAfterAppends()
  follower.signal('SIGKILL')
  await load.stop()
  return { followers, beforeBytes, idleBytes, stoppedBytes }
}
