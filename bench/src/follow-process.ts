// The followers: a process of its own with any number of them. argv: system, target.
import { followSystemNamed } from './contenders/follow-registry.ts'
import type { EventForm } from './follow-system.ts'
import { obeyOrders } from './worker-orders.ts'

/** What the bench asks of it. */
export type FollowOrder =
  | { readonly kind: 'catch-up'; readonly form: EventForm }
  | { readonly kind: 'follow-live'; readonly followers: number }
  | { readonly kind: 'count'; readonly windowMs: number }
  | { readonly kind: 'get-stuck'; readonly followers: number }

/** How many events in how much time. */
export interface FollowAnswer {
  readonly events: number
  readonly elapsedMs: number
}

const [name = '', target = ''] = process.argv.slice(2)
const system = followSystemNamed(name)
const followers: { readonly stop: AbortController; readonly ended: Promise<void> }[] = []
let delivered = 0

obeyOrders<FollowOrder, FollowAnswer>(
  async (order) => {
    const began = performance.now()
    const events = await obey(order)
    return { events, elapsedMs: performance.now() - began }
  },
  async () => {
    for (const { stop } of followers) stop.abort()
    await Promise.all(followers.map(({ ended }) => ended))
  },
)

async function obey(order: FollowOrder): Promise<number> {
  switch (order.kind) {
    case 'catch-up':
      return system.catchUp(target, order.form)
    case 'follow-live':
      await Promise.all(Array.from({ length: order.followers }, startFollower))
      return 0
    case 'get-stuck':
      await Promise.all(Array.from({ length: order.followers }, () => system.getStuck(target)))
      return order.followers
    case 'count':
      return countFor(order.windowMs)
  }
}

function startFollower(): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = new AbortController()
    const ended = system.followLive(target, {
      onReady: resolve,
      onEvents: (count) => {
        delivered += count
      },
      signal: stop.signal,
    })
    ended.catch(reject)
    followers.push({ stop, ended })
  })
}

async function countFor(windowMs: number): Promise<number> {
  const before = delivered
  await new Promise((resolve) => setTimeout(resolve, windowMs))
  return delivered - before
}
