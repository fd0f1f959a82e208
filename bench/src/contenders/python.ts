// The method of the original Python writer, with and without fsync: open, flock, append, flush per line, in as many
// Python processes as appends are in flight. The script is ours, written from formats §1.6 and §2.3.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Contender, Load, LoadSession, Measured } from '../contender.ts'
import { NotInstalled, startFolder } from '../contender.ts'
import { findProgram } from '../find-program.ts'
import { isBenchLine } from '../recorded-events.ts'
import { median } from '../statistics.ts'

const script = fileURLToPath(new URL('../../src/contenders/python_writer.py', import.meta.url))

/** One process is one append in flight. More of them than this only measure the scheduler. */
const processesMax = 16

export const pythonWithSync: Contender = pythonContender('python-fsync', 'Python: flock, append, fsync per line', {
  sync: '1 sync per line',
  argument: 'fsync',
})

export const pythonWithoutSync: Contender = pythonContender('python', 'Python: flock, append per line, not durable', {
  sync: 'none',
  argument: 'no-fsync',
})

function pythonContender(name: string, title: string, mode: { sync: string; argument: string }): Contender {
  return {
    name,
    title,
    sync: mode.sync,
    takes: (level) => level.batch === 1 && level.callers <= processesMax,
    start: async ({ scratch }) => {
      if (findProgram('python3') === undefined) throw new NotInstalled('python3')
      return startFolder(scratch, 'python')
    },
    open: async (target, { lines }) => {
      const events = join(target, 'events.jsonl')
      writeFileSync(events, `${lines.filter(isBenchLine).join('\n')}\n`)
      return new PythonSession(['python3', script, join(target, 'world.jsonl'), events, mode.argument])
    },
  }
}

interface WriterReport {
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Each window starts its own writers; they wait for a common start, so that starting Python is not measured. */
class PythonSession implements LoadSession {
  readonly #command: readonly string[]

  constructor(command: readonly string[]) {
    this.#command = command
  }

  async run(load: Load): Promise<Measured> {
    const [program = 'python3', ...args] = this.#command
    const writers = Array.from({ length: load.callers }, () =>
      spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
    const answers = writers.map((writer) => createInterface({ input: writer.stdout })[Symbol.asyncIterator]())
    await Promise.all(answers.map((answer) => answer.next()))
    for (const writer of writers) writer.stdin.end(`${load.warmUpMs} ${load.windowMs}\n`)
    const reports = await Promise.all(
      answers.map(async (answer) => JSON.parse((await answer.next()).value as string) as WriterReport),
    )
    await Promise.all(writers.map(async (writer) => writer.exitCode ?? (await once(writer, 'close'))))
    const count = reports.reduce((sum, report) => sum + report.count, 0)
    return {
      eventsPerSecond: (count * 1000) / load.windowMs,
      p50Ms: median(reports.map((report) => report.p50Ms)),
      p99Ms: median(reports.map((report) => report.p99Ms)),
    }
  }

  async close(): Promise<void> {}
}
