// The declarations of a schema package: every version of every payload as a type, and the schema itself, so that
// clients are typed without the package being written in TypeScript.
import type { FrozenSchema } from '../frozen/freeze-schema.ts'
import { typeText } from './type-text.ts'

export function declarationFile(schema: FrozenSchema): string {
  const names = typeNames(Object.keys(schema.events))
  const types = Object.entries(schema.events).flatMap(([type, versions]) =>
    versions.map(({ version, node }) => {
      const says = `/** ${commented(type)}, version ${version}${version === versions.length ? ', the newest' : ''}. */`
      return `${says}\nexport type ${names.get(type)}V${version} = ${typeText(node)}\n`
    }),
  )
  const newest = Object.entries(schema.events).map(
    ([type, versions]) =>
      `  readonly ${JSON.stringify(type)}: EventDefinition<z.ZodType<${names.get(type)}V${versions.length}, ${names.get(type)}V${versions.length}>>\n`,
  )
  return `// Written by \`ledgerd schema gen\` from ${commented(schema.name)} ${schema.version}. Changes here are lost.
import type { EventDefinition, LedgerSchema } from '@ledgerd/schema'
import type * as z from 'zod'

${types.join('\n')}
/** Each event type with the newest version of its payload. */
export type Events = {
${newest.join('')}}

declare const schema: LedgerSchema<Events>
export default schema
`
}

/** `door.opened` is DoorOpened; two that come out alike are told apart by a number. */
export function typeNames(types: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const type of [...types].sort()) {
    const words = type.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
    const joined = words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
    const plain = /^[A-Za-z]/.test(joined) ? joined : `Event${joined}`
    let name = plain
    for (let count = 2; taken.has(name); count++) name = `${plain}No${count}`
    taken.add(name)
    names.set(type, name)
  }
  return names
}

function commented(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll(/[\r\n]/g, ' ')
}
