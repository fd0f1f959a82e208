// Every parser that reads what others wrote, by name.
import type { FuzzTarget } from '@ledgerd/testkit'
import { canonicalTarget, jsonTarget, splitterTarget } from './fuzz-json.ts'

export const fuzzTargets: readonly FuzzTarget[] = [jsonTarget, canonicalTarget, splitterTarget]
