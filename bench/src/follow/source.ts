// The systems that are read from, started and filled with the same recorded events.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Load, Measured, Started } from '../contender.ts'
import { NotInstalled } from '../contender.ts'
import { benchLedger } from '../contenders/ledgerd.ts'
import { fillRedis, startRedis } from '../contenders/redis.ts'
import { type Daemon, startDaemon } from '../daemon.ts'
import type { FollowAnswer, FollowOrder } from '../follow-process.ts'
import { worldOf, writeLedgerFile } from '../line-maker.ts'
import { readRecordedLines } from '../recorded-events.ts'
import type { RunContext } from '../run-context.ts'
import { WorkerProcess } from '../worker-process.ts'

/** Something to read from, with its events in it. */
export interface Source {
  readonly system: 'ledgerd' | 'redis'
  readonly target: string
  /** The process, where its memory is of interest. */
  readonly daemon: Daemon | undefined
  readonly stop: () => Promise<void>
}

export type Follower = WorkerProcess<FollowOrder, FollowAnswer>

/** A daemon in its default mode that adopted a ledger of `lines` lines. */
export async function openLedgerd(context: RunContext, lines: number): Promise<Source> {
  const dataFolder = context.scratch.makeFolder('follow')
  const path = join(dataFolder, `${benchLedger}.jsonl`)
  mkdirSync(join(path, '..'), { mode: 0o700 })
  context.say(`follow: writing ${lines} lines`)
  await writeLedgerFile(path, worldOf(readRecordedLines(context.recordedFolder), 'bench'), lines)
  const daemon = await startDaemon({ dataFolder, secondSync: 'head', profileFolder: context.options.profileFolder })
  return { system: 'ledgerd', target: daemon.url, daemon, stop: () => daemon.server.stop() }
}

/** A Redis stream of as many events; undefined where there is no Redis. */
export async function openRedis(context: RunContext, lines: number): Promise<Source | undefined> {
  let started: Started
  try {
    started = await startRedis(context.scratch)
  } catch (error) {
    if (error instanceof NotInstalled) return undefined
    throw error
  }
  context.say('follow: filling Redis')
  await fillRedis(started.target, readRecordedLines(context.recordedFolder), lines)
  return { system: 'redis', target: started.target, daemon: undefined, stop: started.stop }
}

export function startFollower(source: Source): Promise<Follower> {
  return WorkerProcess.start({ program: 'follow-process', args: [source.system, source.target] })
}

export function startLoad(context: RunContext, source: Source): Promise<WorkerProcess<Load, Measured>> {
  const args = [source.system, source.target, context.recordedFolder, String(context.options.seed)]
  return WorkerProcess.start({ program: 'load-process', args })
}
