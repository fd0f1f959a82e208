// The published JSON Schemas are those of the models, every kind that the sources print has one, and every member in them
// says what it is.
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectPublished, isPacked } from '../../test/published-files.ts'
import { cliDocuments } from './all-documents.ts'
import { jsonSchemaFiles } from './json-schema-files.ts'

const repository = path.join(import.meta.dirname, '../../../..')
const kinds = cliDocuments.map(({ kind }) => kind)

/** The kinds in source text: `kind: 'x'` beside `v: 1`, as a value or as a type. */
function kindsIn(text: string): string[] {
  const both = /kind: '([a-z-]+)'[,;\s]+(?:readonly )?v: 1\b|"kind":"([a-z-]+)","v":1/g
  return [...text.matchAll(both)].map(([, value, spelled]) => value ?? spelled ?? '')
}

describe('published JSON Schemas', () => {
  it('are up to date and in the package', () => {
    expectPublished('json-schemas', jsonSchemaFiles())
    expect(isPacked('json-schemas')).toBe(true)
  })

  it('are there for every kind that the sources print, each once', () => {
    const folders = ['apps/ledgerd/src/cli', 'packages/verify/src', 'packages/schema-tools/src']
    const files = folders.flatMap((folder) =>
      fs
        .readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => path.join(repository, folder, name)),
    )
    const printed = new Set(files.flatMap((file) => kindsIn(fs.readFileSync(file, 'utf8'))))
    expect([...printed].toSorted()).toEqual(kinds.toSorted())
    expect(new Set(kinds).size).toBe(kinds.length)
  })

  it('say what every member is, and take no other', () => {
    for (const [name, text] of jsonSchemaFiles()) {
      const schema = JSON.parse(text) as Node
      expect(schema, name).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: expect.stringMatching(/^[A-Z].*[^.]$/),
        description: expect.stringMatching(/^Printed by ledgerd .*\.$/),
      })
      expect(wordless(schema, name)).toEqual([])
    }
  })
})

interface Node {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: unknown
  readonly items?: Node
  readonly anyOf?: readonly Node[]
}

/** Places of members without words and of objects that are open. */
function wordless(node: Node, place: string): string[] {
  const { properties = {}, items, anyOf = [] } = node
  const isOpen = node.properties !== undefined && node.additionalProperties !== false
  return [
    ...(isOpen ? [place] : []),
    ...Object.entries(properties).flatMap(([name, member]) => [
      ...(isWorded(member) ? [] : [`${place}/${name}`]),
      ...wordless(member, `${place}/${name}`),
    ]),
    ...(items === undefined ? [] : wordless(items, `${place}/*`)),
    ...anyOf.flatMap((one) => wordless(one, place)),
  ]
}

function isWorded({ description, anyOf = [] }: Node): boolean {
  return description !== undefined || anyOf.some(isWorded)
}
