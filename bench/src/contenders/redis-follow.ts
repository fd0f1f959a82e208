// Reading from Redis Streams: XRANGE in pages for what is stored, XREAD BLOCK for what comes.
import { createClient } from 'redis'
import type { EventForm, FollowSystem, LiveOptions } from '../follow-system.ts'

const stream = 'world'
const pageEvents = 1000

export const redisFollow: FollowSystem = { name: 'redis', title: 'Redis Streams', catchUp, followLive, getStuck }

async function openClient(target: string): Promise<ReturnType<typeof createClient>> {
  const client = createClient({ socket: { path: target, tls: false } })
  await client.connect()
  return client
}

async function catchUp(target: string, form: EventForm): Promise<number> {
  const client = await openClient(target)
  let count = 0
  for (let from = '-'; ; ) {
    const page = await client.xRange(stream, from, '+', { COUNT: pageEvents })
    if (form === 'typed') for (const { message } of page) JSON.parse(message.event ?? '')
    count += page.length
    const last = page.at(-1)
    if (last === undefined || page.length < pageEvents) break
    from = `(${last.id}`
  }
  await client.close()
  return count
}

async function followLive(target: string, options: LiveOptions): Promise<void> {
  const client = await openClient(target)
  let after = (await client.xRevRange(stream, '+', '-', { COUNT: 1 }))[0]?.id ?? '0'
  options.onReady()
  while (!options.signal.aborted) {
    const answer = (await client.xRead({ key: stream, id: after }, { BLOCK: 200, COUNT: pageEvents })) as
      | { messages: { id: string }[] }[]
      | null
    const messages = answer?.[0]?.messages ?? []
    options.onEvents(messages.length)
    after = messages.at(-1)?.id ?? after
  }
  await client.close()
}

/** A Redis reader asks for each page, so that a stuck one holds nothing but its connection. */
async function getStuck(target: string): Promise<void> {
  const client = await openClient(target)
  await client.xRange(stream, '-', '+', { COUNT: 1 })
}
