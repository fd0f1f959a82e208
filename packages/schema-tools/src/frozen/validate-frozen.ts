// Validation from the frozen form alone, without running anyone's code: how a daemon reads a ledger whose package is
// gone (schema-packages §2).
import type { SchemaIssue } from '@ledgerd/schema'
import type { FrozenSchema } from './freeze-schema.ts'
import { nodeIssues } from './node-issues.ts'

/** `undeclared`: no such type or version. `undecided`: fine as far as it goes, but code would have a say. */
export type FrozenState = 'valid' | 'invalid' | 'undeclared' | 'undecided'

export interface FrozenVerdict {
  readonly state: FrozenState
  /** At most 16; with pointers into the payload. */
  readonly issues: readonly SchemaIssue[]
}

/** Judges one payload, a JSON value as JSON.parse gives it, under one version of its type. Never throws on content. */
export function validateFrozen(frozen: FrozenSchema, type: string, version: number, value: unknown): FrozenVerdict {
  const versions = Object.hasOwn(frozen.events, type) ? frozen.events[type] : undefined
  const node = versions?.find((one) => one.version === version)?.node
  if (node === undefined) return { state: 'undeclared', issues: [] }
  const { issues, metCode } = nodeIssues(node, value)
  return { state: issues.length > 0 ? 'invalid' : metCode ? 'undecided' : 'valid', issues }
}
