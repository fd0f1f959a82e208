// Rules about event types, their versions and steps, and the line around them.
import type { FrozenSchema } from '../../frozen/freeze-schema.ts'
import { textOf } from '../../frozen/union-form.ts'
import type { Hit, TypePair } from '../change.ts'
import { shapeOf } from '../shape.ts'

export function eventTypeAdded({ type, old, new: next, twin }: TypePair): Hit | undefined {
  if (old !== undefined || next === undefined || twin !== undefined) return undefined
  return { old: undefined, new: next.at(-1)?.node, backward: 'ok', forward: 'warn', message: `${type} is new` }
}

export function eventTypeRemoved({ type, old, new: next, twin }: TypePair): Hit | undefined {
  if (old === undefined || next !== undefined || twin !== undefined) return undefined
  const message = `${type} is gone; its lines are read raw`
  return { old: old.at(-1)?.node, new: undefined, backward: 'break', forward: 'ok', message }
}

export function eventTypeRenamed({ type, old, new: next, twin }: TypePair): Hit | undefined {
  if (old === undefined || next !== undefined || twin === undefined) return undefined
  const message = `${type} is gone and ${twin} has its form; lines of the old name are read raw`
  return { old: type, new: twin, backward: 'break', forward: 'ok', message }
}

export function frozenVersionChanged({ pointer, old, new: next }: TypePair): readonly Hit[] {
  if (old === undefined || next === undefined) return []
  return old.flatMap(({ version, node }) => {
    const there = next.find((one) => one.version === version)
    if (there === undefined)
      return [frozenHit(pointer, version, node, undefined, `version ${version} was published and is gone`)]
    if (textOf(shapeOf(node)) === textOf(shapeOf(there.node))) return []
    return [frozenHit(pointer, version, node, there.node, `version ${version} was published and is not what it was`)]
  })
}

function frozenHit(pointer: string, version: number, old: unknown, next: unknown, message: string): Hit {
  return { pointer: `${pointer}@${version}`, old, new: next, backward: 'break', forward: 'ok', message }
}

export function lineChanged(old: FrozenSchema, next: FrozenSchema): readonly Hit[] {
  const names = new Set([...Object.keys(old.line), ...Object.keys(next.line)]) as Set<keyof FrozenSchema['line']>
  const hits: Hit[] = []
  for (const name of [...names].sort()) {
    const [before = null, after = null] = [old.line[name], next.line[name]]
    if (textOf(before) === textOf(after)) continue
    const message = `the line's ${name} is another; old and new lines cannot share a file`
    hits.push({ pointer: `/line/${name}`, old: before, new: after, backward: 'break', forward: 'break', message })
  }
  if (old.family !== next.family) {
    const message = 'the family is another'
    hits.push({ pointer: '/family', old: old.family, new: next.family, backward: 'break', forward: 'break', message })
  }
  return hits
}

export function linksChanged(old: FrozenSchema, next: FrozenSchema): readonly Hit[] {
  return Object.keys(old.links)
    .sort()
    .filter((name) => textOf(old.links[name]) !== textOf(next.links[name] ?? null))
    .map((name) => ({
      pointer: `/links/${name}`,
      old: old.links[name],
      new: next.links[name],
      backward: 'dangerous',
      forward: 'dangerous',
      message: `the link ${name} joins other lines than before`,
    }))
}

export function validatorVersionChanged(old: FrozenSchema, next: FrozenSchema): Hit | undefined {
  const [before, after] = [old.validator, next.validator].map(({ name, version }) => `${name} ${version}`)
  if (before === after) return undefined
  const message = `${before} validated before and ${after} does now; the generated documents were judged by the new one`
  return { pointer: '/validator', old: before, new: after, backward: 'warn', forward: 'warn', message }
}
