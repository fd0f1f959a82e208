// strace on a daemon that runs already: watches or fails the calls on some paths, and lets go again. Calls are counted per
// thread, so the daemon runs with one thread in its pool.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'

export const isStraceInstalled: boolean = spawnSync('strace', ['--version']).status === 0

/** What commits, openings and repairs consist of. */
export const tracedCalls =
  'openat,pread64,read,write,writev,pwrite64,fdatasync,fsync,ftruncate,rename,unlink,rmdir,mkdir,flock'

/** Everything as bytes: for `readStrace`. */
export const verbatim: readonly string[] = ['-y', '-xx', '-s', '1000000']

const graceMs = 2000

export interface Attached {
  /** Ends the watch; the trace's lines, one a call. */
  detach(): Promise<string[]>
}

/** Attaches to a process; `inject` is an expression of strace's, as `fdatasync:error=EIO:when=1`. */
export async function attach(
  pid: number,
  paths: readonly string[],
  inject: string | undefined,
  trace: string,
  format: readonly string[] = [],
): Promise<Attached> {
  const filter = inject === undefined ? [] : ['-e', `inject=${inject}`]
  const on = paths.flatMap((path) => ['-P', path])
  const args = ['-f', '-p', String(pid), ...format, ...on, '-e', `trace=${tracedCalls}`, ...filter, '-o', trace]
  const child = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  await isAttached(child, exited)
  return {
    detach: async () => {
      child.kill('SIGINT')
      // It waits for ever for a process that it killed itself; without it the kernel lets go of the process.
      const insisting = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await exited
      clearTimeout(insisting)
      return fs.readFileSync(trace, 'latin1').split('\n')
    },
  }
}

async function isAttached(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  let said = ''
  await Promise.race([
    new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (/attached/.test(said)) resolve()
      })
    }),
    exited.then(() => {
      throw new Error(`strace ended before it was attached: ${said}`)
    }),
  ])
}

/** How often each call stands in a trace. strace pads process ids and splits calls that were interrupted. */
export function countCalls(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) {
    const name = /^\s*\d+\s+(\w+)\(/.exec(line)?.[1]
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
