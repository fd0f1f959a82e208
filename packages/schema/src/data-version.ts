// The version of an event's type where it stands in `meta`: absent means 1, and only versions above 1 are written, so
// that the lines of a schema that never changed hold no word of it.
import type { ObjectNode } from '@ledgerd/canonical'
import { integerNode } from './record/build-node.ts'
import { memberNode } from './record/member-node.ts'

export const dataVersionKey = 'data_version'
export const dataVersionPointer = '/meta/data_version'

/** The version that `meta` names; undefined if what stands there is no version. */
export function dataVersionOf(meta: ObjectNode | undefined): number | undefined {
  const node = meta === undefined ? undefined : memberNode(meta, dataVersionKey)
  if (node === undefined) return 1
  return node.kind === 'number' ? versionOf(Number(node.lexeme)) : undefined
}

/** The same of a plain value. */
export function dataVersionOfValue(meta: Readonly<Record<string, unknown>>): number | undefined {
  return Object.hasOwn(meta, dataVersionKey) ? versionOf(meta[dataVersionKey]) : 1
}

/** `meta` with this version in it, or without one. */
export function withDataVersion(meta: ObjectNode, version: number): ObjectNode {
  const others = meta.members.filter(({ key }) => key !== dataVersionKey)
  if (version === 1) return others.length === meta.members.length ? meta : { ...meta, members: others }
  return { ...meta, members: [...others, { key: dataVersionKey, keyStart: -1, value: integerNode(version) }] }
}

function versionOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined
}
