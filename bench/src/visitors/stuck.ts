// Followers of the healthy client's ledger that take nothing after their first line. Alive they answer heartbeats; stopped,
// as a process whose machine went away, they are half-open.
import { ledgerdFollow } from '../contenders/ledgerd-follow.ts'
import type { Stop, Visitor, VisitorOptions } from './visitor.ts'

const followers = 25

export const stuck: Visitor = { name: 'stuck', start }

async function start({ url }: VisitorOptions): Promise<Stop> {
  await Promise.all(Array.from({ length: followers }, () => ledgerdFollow.getStuck(url)))
  return async () => followers
}
