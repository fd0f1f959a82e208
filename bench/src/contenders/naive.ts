// The naive design: take the lock file, append the line, fsync, give the lock back; for every line. Calls of one process
// queue up before the lock instead of polling for it, which is kinder than what such code usually does.
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { lock } from 'proper-lockfile'
import { type Appender, closedLoop } from '../closed-loop.ts'
import { type Contender, startFolder } from '../contender.ts'
import { formatEnvelope } from '../envelope.ts'

export const naive: Contender = {
  name: 'naive',
  title: 'Naive design: lock file, append, fsync per line',
  sync: '1 sync per line',
  takes: () => true,
  start: async ({ scratch }) => startFolder(scratch, 'naive'),
  open: async (target, options) => closedLoop(openNaive(join(target, 'world.jsonl')), options),
}

function openNaive(path: string): Appender {
  let last: Promise<void> = Promise.resolve()
  const enqueue = (line: string): Promise<void> => {
    last = last.then(() => appendLine(path, line))
    return last
  }
  return {
    append: (event) => enqueue(`${formatEnvelope(event)}\n`),
    appendBatch: (events) => Promise.all(events.map((event) => enqueue(`${formatEnvelope(event)}\n`))),
    close: () => last,
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  const release = await lock(path, { realpath: false })
  try {
    const file = await open(path, 'a')
    try {
      await file.appendFile(line)
      await file.sync()
    } finally {
      await file.close()
    }
  } finally {
    await release()
  }
}
