// Redis Streams with appendfsync always: XADD of one field, through the `redis` client, whose auto-pipelining gathers
// what one tick sends. Everything that could cost it beside the appends (snapshots, rewrites) is off.
import { join } from 'node:path'
import { createClient } from 'redis'
import { type Appender, closedLoop } from '../closed-loop.ts'
import { type Contender, NotInstalled, type Started } from '../contender.ts'
import { formatEnvelope } from '../envelope.ts'
import { findProgram } from '../find-program.ts'
import type { Scratch } from '../scratch.ts'
import { ServerProcess } from '../server-process.ts'

const stream = 'world'
const fillEvents = 5000

export const redis: Contender = {
  name: 'redis',
  title: 'Redis Streams, appendfsync always',
  sync: '1 sync',
  takes: () => true,
  start: ({ scratch }) => startRedis(scratch),
  open: async (target, options) => closedLoop(await openRedis(target), options),
}

/** A redis-server of our own on a socket in its own folder. The target is the socket's path. */
export async function startRedis(scratch: Scratch): Promise<Started> {
  const program = findProgram('redis-server')
  if (program === undefined) throw new NotInstalled('redis-server')
  const folder = scratch.makeFolder('redis')
  const socket = join(folder, 'redis.sock')
  const settings = {
    '--port': '0',
    '--unixsocket': socket,
    '--dir': folder,
    '--save': '',
    '--appendonly': 'yes',
    '--appendfsync': 'always',
    '--auto-aof-rewrite-percentage': '0',
  }
  const server = new ServerProcess(program, Object.entries(settings).flat())
  await server.waitUntil(() => isAnswering(socket))
  return { target: socket, folder, stop: () => server.stop() }
}

async function isAnswering(socket: string): Promise<boolean> {
  const client = createClient({ socket: { path: socket, tls: false, reconnectStrategy: false } })
  client.on('error', () => undefined) // connect() rejects with the same error.
  try {
    await client.connect()
  } catch {
    return false // Not there yet; the caller asks again.
  }
  await client.close()
  return true
}

async function openRedis(target: string): Promise<Appender> {
  const client = createClient({ socket: { path: target, tls: false } })
  await client.connect()
  return {
    append: (event) => client.xAdd(stream, '*', { event: formatEnvelope(event) }),
    appendBatch: (events) => {
      const transaction = client.multi()
      for (const event of events) transaction.xAdd(stream, '*', { event: formatEnvelope(event) })
      return transaction.execAsPipeline()
    },
    close: () => client.close(),
  }
}

/** Puts `count` recorded events into the stream, as fast as it goes. */
export async function fillRedis(target: string, lines: readonly Buffer[], count: number): Promise<void> {
  const texts = lines.map((line) => line.toString())
  const client = createClient({ socket: { path: target, tls: false } })
  await client.connect()
  for (let sent = 0; sent < count; sent += fillEvents) {
    const batch = Array.from(
      { length: Math.min(fillEvents, count - sent) },
      (_, at) => texts[(sent + at) % texts.length],
    )
    await Promise.all(batch.map((event) => client.xAdd(stream, '*', { event: event ?? '' })))
  }
  await client.close()
}
