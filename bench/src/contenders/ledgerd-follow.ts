// Reading from ledgerd through its SDK: exact lines, or events checked against their schema.
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import type { EventForm, FollowSystem, LiveOptions } from '../follow-system.ts'
import { benchLedger } from './ledgerd.ts'

export const ledgerdFollow: FollowSystem = { name: 'ledgerd', title: 'ledgerd', catchUp, followLive, getStuck }

/** Handles with equal settings share a socket. Followers of a real world do not: each gets settings of its own. */
let nextConnectTimeoutMs = 5000
const openWorld = (url: string) =>
  connect({ url, ledger: benchLedger, schema: worldEvents, connectTimeoutMs: nextConnectTimeoutMs++ })

async function catchUp(url: string, form: EventForm): Promise<number> {
  await using world = openWorld(url)
  let count = 0
  const events = form === 'raw' ? world.lines({ from: 'start' }) : world.read({ from: 'start' })
  for await (const _event of events) count++
  return count
}

async function followLive(url: string, options: LiveOptions): Promise<void> {
  await using world = openWorld(url)
  const following = world.lines({ from: 'end', follow: true, signal: options.signal })
  options.onReady()
  for await (const _event of following) options.onEvents(1)
}

async function getStuck(url: string): Promise<void> {
  const lines = openWorld(url).lines({ from: 'start', follow: true })[Symbol.asyncIterator]()
  await lines.next()
}
