// All systems that are read from, in the order of the table.
import { invariant } from '@ledgerd/schema'
import type { FollowSystem } from '../follow-system.ts'
import { ledgerdFollow } from './ledgerd-follow.ts'
import { redisFollow } from './redis-follow.ts'

const systems: readonly FollowSystem[] = [ledgerdFollow, redisFollow]

export function followSystemNamed(name: string): FollowSystem {
  const found = systems.find((system) => system.name === name)
  invariant(found !== undefined, `${name} can be followed`)
  return found
}
