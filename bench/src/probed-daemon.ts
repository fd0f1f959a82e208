// A daemon that can be asked what its heap holds once the garbage is gone.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Daemon, startDaemon } from './daemon.ts'

export interface ProbedDaemon extends Daemon {
  /** Bytes that the runtime holds for live objects and buffers, after a forced collection. */
  readonly heapBytes: () => Promise<number>
  /** Descriptors open now. */
  readonly descriptorCount: () => number
}

/** Starts it on a folder; `heapFile` is where it writes its figures. */
export async function startProbedDaemon(dataFolder: string, heapFile: string): Promise<ProbedDaemon> {
  const probe = fileURLToPath(new URL('./heap-probe.js', import.meta.url))
  const daemon = await startDaemon({
    ...{ dataFolder, secondSync: 'head' },
    nodeFlags: ['--expose-gc', '--import', probe],
    env: { LEDGERD_BENCH_HEAP: heapFile },
  })
  return {
    ...daemon,
    heapBytes: async () => {
      rmSync(heapFile, { force: true })
      daemon.server.signal('SIGUSR2')
      while (!existsSync(heapFile)) await delay(10)
      const { heapUsed, external } = JSON.parse(readFileSync(heapFile, 'utf8')) as NodeJS.MemoryUsage
      return heapUsed + external
    },
    descriptorCount: () => readdirSync(`/proc/${daemon.server.pid}/fd`).length,
  }
}
