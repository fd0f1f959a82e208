// Rules about the values that may stand at one place.
import { formatValue } from '@ledgerd/canonical'
import type { EnumNode, FrozenNode } from '../../frozen/frozen-node.ts'
import { isOpen, optionsOf } from '../../frozen/frozen-node.ts'
import { unionOf } from '../../frozen/union-form.ts'
import type { Hit, NodePair } from '../change.ts'
import { isNumber, isSubset, isText } from '../subset.ts'

export function nullabilityChanged({ old, new: next }: NodePair): Hit | undefined {
  const wasNullable = takesNull(old)
  if (wasNullable === takesNull(next)) return undefined
  return wasNullable
    ? { old, new: next, backward: 'break', forward: 'ok', message: 'null was allowed and is not any more' }
    : { old, new: next, backward: 'ok', forward: 'break', message: 'null is allowed now; old readers do not expect it' }
}

export function enumValueAdded(pair: NodePair): Hit | undefined {
  const enums = bothEnums(pair)
  const added = enums?.new.values.filter((value) => !enums.old.values.includes(value)) ?? []
  if (enums === undefined || added.length === 0) return undefined
  const message = `${listOf(added)} may stand here now; readers that know all values do not know ${added.length === 1 ? 'it' : 'them'}`
  return { old: enums.old, new: enums.new, backward: 'ok', forward: 'warn', message }
}

export function enumValueRemoved(pair: NodePair): Hit | undefined {
  const enums = bothEnums(pair)
  const removed = enums?.old.values.filter((value) => !enums.new.values.includes(value)) ?? []
  if (enums === undefined || removed.length === 0) return undefined
  const message = `${listOf(removed)} may not stand here any more, and may be in old lines`
  return { old: enums.old, new: enums.new, backward: 'break', forward: 'ok', message }
}

export function typeNarrowed(pair: NodePair): Hit | undefined {
  if (isSameSort(pair) || isSubset(withoutNull(pair.old), withoutNull(pair.new))) return undefined
  const message = 'fewer values fit than before'
  const forward = isSubset(withoutNull(pair.new), withoutNull(pair.old)) ? 'ok' : 'break'
  return { old: pair.old, new: pair.new, backward: 'break', forward, message }
}

export function typeWidened(pair: NodePair): Hit | undefined {
  if (isSameSort(pair) || !isSubset(withoutNull(pair.old), withoutNull(pair.new))) return undefined
  if (isSubset(withoutNull(pair.new), withoutNull(pair.old))) return undefined
  return { old: pair.old, new: pair.new, backward: 'ok', forward: 'break', message: 'more values fit than before' }
}

export function constraintTightened(pair: NodePair): Hit | undefined {
  if (!isConstrainedAlike(pair) || isSubset(shellOf(pair.old), shellOf(pair.new))) return undefined
  const forward = isSubset(shellOf(pair.new), shellOf(pair.old)) ? 'ok' : 'break'
  return { old: pair.old, new: pair.new, backward: 'break', forward, message: 'the limits are tighter than before' }
}

export function constraintLoosened(pair: NodePair): Hit | undefined {
  if (!isConstrainedAlike(pair) || !isSubset(shellOf(pair.old), shellOf(pair.new))) return undefined
  if (isSubset(shellOf(pair.new), shellOf(pair.old))) return undefined
  const message = 'the limits are looser than before'
  return { old: pair.old, new: pair.new, backward: 'ok', forward: 'break', message }
}

export function openToStrict({ old, new: next }: NodePair): Hit | undefined {
  const oldBody = withoutNull(old)
  const newBody = withoutNull(next)
  if (oldBody.kind !== 'object' || newBody.kind !== 'object' || !isOpen(oldBody) || isOpen(newBody)) return undefined
  const message = 'members that are not named were read over and are refused now'
  return { old: oldBody.rest, new: newBody.rest, backward: 'break', forward: 'ok', message }
}

export function codeInSchema({ old, new: next }: NodePair): Hit | undefined {
  const code = old.kind === 'code' ? old : next.kind === 'code' ? next : undefined
  if (code === undefined) return undefined
  const message = `${code.construct} is decided by running code, which cannot be compared`
  return { old, new: next, backward: 'unknown', forward: 'unknown', message }
}

/** The node without the null that it may also be. */
export function withoutNull(node: FrozenNode): FrozenNode {
  if (node.kind === 'null') return { kind: 'nothing' }
  if (node.kind !== 'union') return node
  return unionOf(node.options.filter((option) => option.kind !== 'null'))
}

function takesNull(node: FrozenNode): boolean {
  return optionsOf(node).some((option) => option.kind === 'null' || option.kind === 'anything')
}

function bothEnums(pair: NodePair): { readonly old: EnumNode; readonly new: EnumNode } | undefined {
  const old = withoutNull(pair.old)
  const next = withoutNull(pair.new)
  return old.kind === 'enum' && next.kind === 'enum' ? { old, new: next } : undefined
}

/** Pairs of one sort are compared by their parts or limits, not as types. */
function isSameSort(pair: NodePair): boolean {
  const old = withoutNull(pair.old)
  const next = withoutNull(pair.new)
  if (old.kind === 'code' || next.kind === 'code') return true
  if (old.kind === 'union' || next.kind === 'union') return true
  return bothEnums(pair) !== undefined || isOneKind(old, next)
}

function isOneKind(old: FrozenNode, next: FrozenNode): boolean {
  if (isNumber(old) && isNumber(next)) return (old.kind === 'int') === (next.kind === 'int')
  if (isText(old) && isText(next)) return old.kind === next.kind && old.algo === next.algo
  return old.kind === next.kind
}

function isConstrainedAlike(pair: NodePair): boolean {
  const old = withoutNull(pair.old)
  const next = withoutNull(pair.new)
  const isLimited = isNumber(old) || isText(old) || old.kind === 'array' || old.kind === 'tuple'
  return isLimited && isOneKind(old, next)
}

/** A list without its items, so that only its length is compared; anything else as it is. */
function shellOf(node: FrozenNode): FrozenNode {
  const body = withoutNull(node)
  if (body.kind === 'array') return { ...body, items: { kind: 'anything' } }
  if (body.kind !== 'tuple') return body
  const rest: FrozenNode = body.rest.kind === 'nothing' ? body.rest : { kind: 'anything' }
  return { ...body, items: body.items.map(() => ({ kind: 'anything' })), rest }
}

function listOf(values: readonly unknown[]): string {
  return values.map((value) => formatValue(value, 'jcs')).join(', ')
}
