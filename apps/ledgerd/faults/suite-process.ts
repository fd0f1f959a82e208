// A suite in a process of its own, and an end for everything that it started: a suite that turns red may leave a daemon
// behind that it was just starting, and nobody would ever end that one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface EndedSuite {
  /** Null when it was killed. */
  readonly status: number | null
  /** What it wrote to stdout and stderr. */
  readonly words: string
}

/** Runs a program in a process group of its own; whatever is left of the group when it ends is killed. */
export async function runSuite(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<EndedSuite> {
  const child = spawn(program, args, { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      // Nobody was left.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  process.once('exit', killGroup)
  let words = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      words += chunk.toString()
    })
  const closed = once(child, 'close')
  const [status] = (await once(child, 'exit')) as [number | null]
  killGroup()
  process.off('exit', killGroup)
  await closed
  return { status, words }
}
