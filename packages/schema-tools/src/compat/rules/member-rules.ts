// Rules about members of objects. "Open" is the side that reads over members it does not name.
import type { FrozenNode, ObjectNode } from '../../frozen/frozen-node.ts'
import { isOptional } from '../../frozen/frozen-node.ts'
import type { Effect, Hit, MemberPair } from '../change.ts'
import { isSubset } from '../subset.ts'

export function fieldAddedOptional(pair: MemberPair): Hit | undefined {
  if (!isAdded(pair) || !isOptional(pair.newObject, pair.name)) return undefined
  const backward = isSubset(pair.oldObject.rest, pair.new) ? 'ok' : 'unknown'
  const message =
    backward === 'ok'
      ? `${pair.name} is new and may be missing`
      : `${pair.name} is new; old lines were open and may hold anything under that name, which only stored lines can tell`
  return { old: undefined, new: pair.new, backward, forward: effectOf(pair.new, pair.oldObject), message }
}

export function fieldAddedRequired(pair: MemberPair): Hit | undefined {
  if (!isAdded(pair) || isOptional(pair.newObject, pair.name)) return undefined
  const message = `${pair.name} is new and required; old lines do not have it`
  return { old: undefined, new: pair.new, backward: 'break', forward: effectOf(pair.new, pair.oldObject), message }
}

export function fieldRemovedOptional(pair: MemberPair): Hit | undefined {
  if (!isRemoved(pair) || !isOptional(pair.oldObject, pair.name)) return undefined
  const backward = effectOf(pair.old, pair.newObject)
  const message = `${pair.name}, which may be missing, is gone`
  return {
    old: pair.old,
    new: undefined,
    backward,
    forward: 'ok',
    message,
    bump: backward === 'ok' ? 'minor' : 'major',
  }
}

export function fieldRemovedRequired(pair: MemberPair): Hit | undefined {
  if (!isRemoved(pair) || isOptional(pair.oldObject, pair.name)) return undefined
  const message = `${pair.name}, which was required, is gone; old readers ask for it`
  return { old: pair.old, new: undefined, backward: effectOf(pair.old, pair.newObject), forward: 'break', message }
}

export function fieldOptionalToRequired({ name, old, new: next, oldObject, newObject }: MemberPair): Hit | undefined {
  if (old === undefined || next === undefined) return undefined
  if (!isOptional(oldObject, name) || isOptional(newObject, name)) return undefined
  return { old, new: next, backward: 'break', forward: 'ok', message: `${name} might be missing and is required now` }
}

export function fieldRequiredToOptional({ name, old, new: next, oldObject, newObject }: MemberPair): Hit | undefined {
  if (old === undefined || next === undefined) return undefined
  if (isOptional(oldObject, name) || !isOptional(newObject, name)) return undefined
  return { old, new: next, backward: 'ok', forward: 'break', message: `${name} was required and may be missing now` }
}

type AddedPair = MemberPair & { readonly new: FrozenNode }
type RemovedPair = MemberPair & { readonly old: FrozenNode }

function isAdded(pair: MemberPair): pair is AddedPair {
  return pair.old === undefined && pair.new !== undefined
}

function isRemoved(pair: MemberPair): pair is RemovedPair {
  return pair.old !== undefined && pair.new === undefined
}

/** What a member means to an object that does not name it. */
function effectOf(member: FrozenNode, reader: ObjectNode): Effect {
  if (isSubset(member, reader.rest)) return 'ok'
  return reader.rest.kind === 'nothing' ? 'break' : 'unknown'
}
