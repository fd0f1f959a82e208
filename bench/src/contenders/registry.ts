// All contenders, in the order of the table.
import { invariant } from '@ledgerd/schema'
import type { Contender } from '../contender.ts'
import { bare } from './bare.ts'
import { ledgerd, ledgerdOneSync, ledgerdSameFile } from './ledgerd.ts'
import { naive } from './naive.ts'
import { postgresBatched, postgresSingle } from './postgres.ts'
import { pythonWithoutSync, pythonWithSync } from './python.ts'
import { redis } from './redis.ts'

export const contenders: readonly Contender[] = [
  ledgerd,
  ledgerdSameFile,
  ledgerdOneSync,
  redis,
  postgresBatched,
  postgresSingle,
  naive,
  pythonWithSync,
  pythonWithoutSync,
  bare,
]

/** What the ratios are against, and what they are against where the machine has no Redis. */
export const referenceNames = ['redis', 'naive'] as const

export function contenderNamed(name: string): Contender {
  const found = contenders.find((contender) => contender.name === name)
  invariant(found !== undefined, `${name} is a contender`)
  return found
}
