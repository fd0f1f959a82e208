// Every parser that reads what others wrote, by name.
import type { FuzzTarget } from '@ledgerd/testkit'
import { familyTargets } from './fuzz-families.ts'
import { canonicalTarget, jsonTarget, splitterTarget } from './fuzz-json.ts'
import { headTarget, indexTarget, recoveryTarget, sidecarTarget, tailTarget, verifyTarget } from './fuzz-storage.ts'
import { frameTarget, grammarTarget, httpTarget } from './fuzz-wire.ts'

export const fuzzTargets: readonly FuzzTarget[] = [
  jsonTarget,
  canonicalTarget,
  splitterTarget,
  frameTarget,
  httpTarget,
  grammarTarget,
  ...familyTargets,
  headTarget,
  indexTarget,
  tailTarget,
  recoveryTarget,
  sidecarTarget,
  verifyTarget,
]
