// Walks two frozen schemas side by side and asks every rule of the table at every place that both have.
import { formatPointer } from '@ledgerd/canonical'
import type { Meaning } from '@ledgerd/schema'
import type { FrozenSchema } from '../frozen/freeze-schema.ts'
import type { FrozenNode, ObjectNode } from '../frozen/frozen-node.ts'
import { codeIn, optionsOf } from '../frozen/frozen-node.ts'
import { textOf } from '../frozen/union-form.ts'
import type { Change, Hit, RuleName, TypePair } from './change.ts'
import { withoutNull } from './rules/node-rules.ts'
import { meaningRules, memberRules, nodeRules, ruleFacts, schemaRules, typeRules } from './rules/rule-table.ts'
import { shapeOf } from './shape.ts'
import { isSubset } from './subset.ts'

/** Changes of everything but the payloads of types that both sides have. */
export function diffSchemas(old: FrozenSchema, next: FrozenSchema): readonly Change[] {
  const changes: Change[] = []
  for (const { rule, find } of schemaRules) collect(changes, rule, '', find(old, next))
  for (const pair of typePairs(old, next))
    for (const { rule, find } of typeRules) collect(changes, rule, pair.pointer, find(pair))
  return changes
}

/** Changes between two forms of one payload. `pointer` is where the payload stands. */
export function diffNodes(old: FrozenNode, next: FrozenNode, pointer: string): readonly Change[] {
  const changes: Change[] = []
  walk(old, next, pointer, changes)
  const isExplained = changes.some(({ backward }) => backward !== 'ok' && backward !== 'dangerous')
  if (!isExplained && !isSubset(shapeOf(old), shapeOf(next)))
    collect(changes, 'UNPROVEN', pointer, {
      old,
      new: next,
      backward: 'unknown',
      forward: 'unknown',
      message: 'the forms differ in a way that no rule proves harmless',
    })
  return changes
}

/** The pointer of a type's payloads. */
export function typePointer(type: string): string {
  return formatPointer(['events', type])
}

function typePairs(old: FrozenSchema, next: FrozenSchema): readonly TypePair[] {
  const types = [...new Set([...Object.keys(old.events), ...Object.keys(next.events)])].sort()
  return types.map((type) => {
    const pair = { old: old.events[type], new: next.events[type] }
    const [here, there] = pair.old === undefined ? [next, old] : [old, next]
    const isAlone = pair.old === undefined || pair.new === undefined
    return { ...pair, type, pointer: typePointer(type), twin: isAlone ? twinOf(type, here, there) : undefined }
  })
}

/** A type that only the other side has, with the same newest form. */
function twinOf(type: string, here: FrozenSchema, there: FrozenSchema): string | undefined {
  const digest = here.events[type]?.at(-1)?.digest
  return Object.keys(there.events).find(
    (other) => here.events[other] === undefined && there.events[other]?.at(-1)?.digest === digest,
  )
}

function collect(changes: Change[], rule: RuleName, pointer: string, found: Hit | undefined | readonly Hit[]): void {
  const hits = found === undefined ? [] : Array.isArray(found) ? (found as readonly Hit[]) : [found as Hit]
  for (const hit of hits) changes.push({ pointer, bump: ruleFacts[rule].bump, ...hit, rule })
}

function walk(old: FrozenNode, next: FrozenNode, pointer: string, changes: Change[]): void {
  // Equal text with code in it is not equal: the code may have changed.
  const pair = { pointer, old, new: next }
  const meanings = { pointer, old: old.meaning ?? ({} as Meaning), new: next.meaning ?? ({} as Meaning) }
  for (const { rule, find } of meaningRules) collect(changes, rule, pointer, find(meanings))
  for (const { rule, find } of nodeRules) collect(changes, rule, pointer, find(pair))
  walkParts(withoutNull(old), withoutNull(next), pointer, changes)
}

function walkParts(old: FrozenNode, next: FrozenNode, pointer: string, changes: Change[]): void {
  if (old.kind === 'union' || next.kind === 'union') return walkOptions(old, next, pointer, changes)
  if (old.kind === 'object' && next.kind === 'object') return walkObjects(old, next, pointer, changes)
  if (old.kind === 'record' && next.kind === 'record') {
    walk(old.keys, next.keys, `${pointer}/*`, changes)
    walk(old.values, next.values, `${pointer}/*`, changes)
  }
  if (old.kind === 'array' && next.kind === 'array') walk(old.items, next.items, `${pointer}/*`, changes)
  if (old.kind === 'tuple' && next.kind === 'tuple') {
    const length = Math.max(old.items.length, next.items.length)
    for (let i = 0; i < length; i++)
      walk(old.items[i] ?? old.rest, next.items[i] ?? next.rest, `${pointer}/${i}`, changes)
    if (old.rest.kind !== 'nothing' && next.rest.kind !== 'nothing') walk(old.rest, next.rest, `${pointer}/*`, changes)
  }
}

function walkObjects(old: ObjectNode, next: ObjectNode, pointer: string, changes: Change[]): void {
  const names = [...new Set([...Object.keys(old.members), ...Object.keys(next.members)])].sort()
  for (const name of names) {
    const below = pointer + formatPointer([name])
    const members = { old: memberOf(old, name), new: memberOf(next, name) }
    for (const { rule, find } of memberRules)
      collect(changes, rule, below, find({ pointer: below, name, oldObject: old, newObject: next, ...members }))
    if (members.old !== undefined && members.new !== undefined) walk(members.old, members.new, below, changes)
  }
  if (old.rest.kind !== 'nothing' && next.rest.kind !== 'nothing') walk(old.rest, next.rest, `${pointer}/*`, changes)
  if (old.rest.kind === 'nothing' && next.rest.kind !== 'nothing')
    collect(changes, 'TYPE_WIDENED', `${pointer}/*`, {
      old: old.rest,
      new: next.rest,
      backward: 'ok',
      forward: 'break',
      message: 'members that are not named were refused and are read over now',
    })
}

function memberOf(node: ObjectNode, name: string): FrozenNode | undefined {
  return Object.hasOwn(node.members, name) ? node.members[name] : undefined
}

/** Options that stand for the same thing are compared; the others are new or gone as a whole. Code never is the same. */
function walkOptions(old: FrozenNode, next: FrozenNode, pointer: string, changes: Change[]): void {
  const kept = new Set(optionsOf(old).map(textOf))
  const same = new Set(
    optionsOf(next)
      .map(textOf)
      .filter((text) => kept.has(text)),
  )
  const isOther = (option: FrozenNode): boolean =>
    option.kind !== 'nothing' && (!same.has(textOf(option)) || codeIn(option) !== undefined)
  const oldOptions = optionsOf(old).filter(isOther)
  const rest = optionsOf(next).filter(isOther)
  const none: FrozenNode = { kind: 'nothing' }
  for (const option of oldOptions) {
    const index = rest.findIndex((candidate) =>
      isCounterpart(option, candidate, [...optionsOf(old), ...optionsOf(next)]),
    )
    const [counterpart] = index === -1 ? [] : rest.splice(index, 1)
    if (counterpart !== undefined) walk(option, counterpart, pointer, changes)
    else if (!isSubset(option, next)) walk(option, none, pointer, changes)
  }
  for (const option of rest) if (!isSubset(option, old)) walk(none, option, pointer, changes)
}

function isCounterpart(option: FrozenNode, candidate: FrozenNode, all: readonly FrozenNode[]): boolean {
  if (option.kind !== candidate.kind) return false
  if (option.kind !== 'object' || candidate.kind !== 'object') return true
  const objects = all.filter((one) => one.kind === 'object')
  const tag = Object.keys(option.members).find((name) => objects.every((one) => tagText(one, name) !== undefined))
  if (tag === undefined) return objects.length === 2
  return tagText(option, tag) === tagText(candidate, tag)
}

function tagText(node: ObjectNode, name: string): string | undefined {
  const member = memberOf(node, name)
  return member?.kind === 'enum' && member.values.length === 1 ? textOf(member.values[0]) : undefined
}
