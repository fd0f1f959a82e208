// For tests of the command line: a whole daemon in this process, on real files, reached through its local socket.
import path from 'node:path'
import { TokenBook } from '../src/auth/token-book.ts'
import { defaultLimits } from '../src/config.ts'
import type { Engine } from '../src/engine/ports.ts'
import { Health } from '../src/ops/health.ts'
import { silentLog } from '../src/ops/log.ts'
import { MetricsBoard } from '../src/ops/metrics.ts'
import { deriveEventId } from '../src/schemas/event-key.ts'
import { openDoors } from '../src/transport/open-doors.ts'
import { harness } from './engine-harness.ts'
import { type MemoryIoOptions, type Outcome, run } from './memory-io.ts'
import { ManualTimers, MemoryGrants, token } from './transport-harness.ts'

export interface CommandHarness extends AsyncDisposable {
  readonly root: string
  readonly engine: Engine
  /** Runs a command that talks to this daemon. */
  run(args: readonly string[], options?: MemoryIoOptions): Promise<Outcome>
}

export async function openCommandHarness(): Promise<CommandHarness> {
  const files = harness()
  const engine = files.open()
  const metrics = new MetricsBoard()
  const health = new Health(() => engine.stopped(), metrics)
  const socketPath = path.join(files.root, '.ledgerd', 'sock')
  const parts = {
    engine,
    metrics,
    health,
    tokens: new TokenBook({
      ownerToken: token,
      file: new MemoryGrants(),
      nowMs: () => 0,
      log: silentLog,
      draftsPerSecondMax: defaultLimits.draftsPerSecondMax,
    }),
    deriveEventId,
    timers: new ManualTimers(),
    limits: defaultLimits,
    log: silentLog,
    daemon: 'ledgerd/test',
    schemaRefusal: () => undefined,
    makeEventId: () => '0'.repeat(32),
  }
  const address = { host: '127.0.0.1', port: 0 }
  const doors = await openDoors(parts, {
    address,
    sockets: [socketPath],
    isUnsafeListenAllowed: false,
    origins: new Set(),
    readTls: undefined,
  })
  health.phase = 'serving'
  return {
    root: files.root,
    engine,
    run: (args, options = {}) => run(args, { ...options, env: { ...options.env, LEDGERD_URL: `unix:${socketPath}` } }),
    [Symbol.asyncDispose]: async () => {
      doors.destroy()
      await doors.drain()
      await engine.close()
      files.remove()
    },
  }
}
