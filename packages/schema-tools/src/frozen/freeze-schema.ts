// A whole ledger schema in frozen form, with its digest: what a ledger was written under, readable and checkable without
// the package that declared it (schema-packages §8).
import { contentHash } from '@ledgerd/canonical'
import type { LedgerSchema, LineDeclarations, LinkDeclaration } from '@ledgerd/schema'
import * as z from 'zod'
import { freezeModel } from './freeze-model.ts'
import type { FrozenNode } from './frozen-node.ts'
import { textOf } from './union-form.ts'

export type Digest = `sha256:${string}`

export interface FrozenVersion {
  readonly version: number
  readonly node: FrozenNode
  /** Of the jcs text of `node`. */
  readonly digest: Digest
}

/** What validated when this was frozen. No part of the digest: a reader may upgrade it without a new schema. */
export interface Validator {
  readonly name: string
  readonly version: string
}

export interface FrozenContent {
  readonly format: 1
  readonly name: string
  readonly version: string
  readonly family: string
  readonly profiles: readonly string[]
  readonly line: LineDeclarations
  readonly links: Readonly<Record<string, LinkDeclaration>>
  /** By type, in the order of the versions, from 1. */
  readonly events: Readonly<Record<string, readonly FrozenVersion[]>>
}

export interface FrozenSchema extends FrozenContent {
  /** Of the jcs text of everything but `digest` and `validator`. */
  readonly digest: Digest
  readonly validator: Validator
}

/** The frozen form of a schema; the same bytes on every machine. */
export function freezeSchema(schema: LedgerSchema): FrozenSchema {
  const events = Object.create(null) as Record<string, readonly FrozenVersion[]>
  for (const type of Object.keys(schema.events).sort())
    events[type] = (schema.events[type]?.versions ?? []).map(({ model }, index) => freezeVersion(model, index + 1))
  const { name, version, family, profiles, line, links } = schema
  return sealContent({ format: 1, name, version, family, profiles, line, links, events })
}

/** The digest of a frozen schema that was read from somewhere; compare before trusting it. */
export function digestOf({ format, name, version, family, profiles, line, links, events }: FrozenContent): Digest {
  return digestOfValue({ format, name, version, family, profiles, line, links, events })
}

/** `sha256:` and the hash of the canonical text of a plain value. */
export function digestOfValue(value: unknown): Digest {
  return contentHash('sha256', textOf(value)) as Digest
}

function freezeVersion(model: z.ZodType, version: number): FrozenVersion {
  const node = freezeModel(model)
  return { version, node, digest: digestOfValue(node) }
}

function sealContent(content: FrozenContent): FrozenSchema {
  // Through text and back: no prototypes, no undefined, nothing shared with the live schema.
  const plain = JSON.parse(textOf(content)) as FrozenContent
  return { ...plain, digest: digestOf(plain), validator: zodVersion() }
}

function zodVersion(): Validator {
  const { major, minor, patch } = z.core.version
  return { name: 'zod', version: `${major}.${minor}.${patch}` }
}
