import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { decimal, defineSchema, event, field, float, hash, instant, int, text } from '@ledgerd/schema'
import type { LedgerSchema } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { lockSchema } from '../lock/lock-file.ts'
import { docsFiles, generatedFiles } from './generated-files.ts'

const v1 = z.looseObject({ door: int() })
const v2 = z.looseObject({ door: int(), by: field(text(), { pii: 'direct' }).nullable() })
const everything = z.looseObject({
  "it's | */": z.union([z.literal('a|b'), z.literal(7), z.null(), z.array(z.union([text(), z.boolean()]))]),
  at: instant(),
  cost: field(decimal(), { unit: 'USD' }),
  of: hash('sha256').optional(),
  pair: z.tuple([int(), float()]),
  rest: z.record(text(), z.looseObject({ x: float() })),
  some: z.enum(['one', 'two']),
  what: z.unknown(),
})
const schema = defineSchema({
  name: '@team/doors',
  version: '1.1.0',
  links: { turn: { path: '/link', cardinality: 'many-to-many' } },
  events: {
    'door.opened': event(v1).next(v2, (old) => ({ ...old, by: null })),
    'Door.Opened': event(v1),
    'door-opened': event(everything),
  },
}) as unknown as LedgerSchema
const lock = lockSchema(schema)
const files = generatedFiles(lock)

describe('what is generated', () => {
  it('has a file for each version, also where case does not count', () => {
    const names = [...files.keys()]
    expect(names).toMatchInlineSnapshot(`
      [
        "ledger.schema.lock.json",
        "generated/docs/index.md",
        "generated/docs/_door._opened.md",
        "generated/docs/door-opened.md",
        "generated/docs/door.opened.md",
        "generated/index.d.ts",
        "generated/asyncapi.json",
        "generated/json-schema/_door._opened.v1.json",
        "generated/json-schema/door-opened.v1.json",
        "generated/json-schema/door.opened.v1.json",
        "generated/json-schema/door.opened.v2.json",
      ]
    `)
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    for (const name of names) expect(path.posix.normalize(name)).toBe(name)
  })

  it('leaves names alone that are taken', () => {
    const events = { index: event(v1), 'con.air': event(v1), condor: event(v1) }
    const taken = defineSchema({ name: '@team/names', version: '1.0.0', events }) as unknown as LedgerSchema
    expect([...docsFiles(lockSchema(taken)).keys()]).toEqual(['index.md', '%con.air.md', 'condor.md', '%index.md'])
  })

  it('is the same the second time', () => expect([...generatedFiles(lockSchema(schema, lock))]).toEqual([...files]))

  it('names each type once, and what it says compiles', { timeout: 60_000 }, () => {
    const root = fileURLToPath(new URL('../../../..', import.meta.url))
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-types-'))
    try {
      fs.mkdirSync(path.join(folder, 'node_modules/@ledgerd'), { recursive: true })
      const schemaFolder = fs.realpathSync(path.join(root, 'packages/schema'))
      fs.symlinkSync(schemaFolder, path.join(folder, 'node_modules/@ledgerd/schema'), 'dir')
      const zod = fs.realpathSync(path.join(schemaFolder, 'node_modules/zod'))
      fs.symlinkSync(zod, path.join(folder, 'node_modules/zod'), 'dir')
      fs.writeFileSync(path.join(folder, 'index.d.ts'), files.get('generated/index.d.ts') ?? '')
      fs.writeFileSync(path.join(folder, 'use.ts'), use)
      const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', '']
      const args = [path.join(root, 'node_modules/typescript/bin/tsc'), ...flags, 'use.ts']
      const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    } finally {
      fs.rmSync(folder, { recursive: true })
    }
  })

  it('describes a stream whose references all lead somewhere', () => {
    const document = JSON.parse(files.get('generated/asyncapi.json') ?? '') as unknown
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer = '']) => pointer)
    expect(refs.length).toBeGreaterThan(8)
    for (const pointer of refs) {
      const steps = pointer
        .split('/')
        .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
      const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document)
      expect(found, pointer).toBeDefined()
    }
  })

  it('keeps hostile names inside the cells of a page', () => {
    const page = docsFiles(lock).get('door-opened.md') ?? ''
    const rows = page.split('\n').filter((line) => line.startsWith('| `/'))
    expect(rows).toMatchInlineSnapshot(`
      [
        "| \`/at\` | instant |  |",
        "| \`/cost\` | decimal | unit: USD |",
        "| \`/it's \\| */\` | readonly (boolean \\| string)[] \\| "a\\|b" \\| 7 \\| null |  |",
        "| \`/of\` (may be missing) | hash sha256 |  |",
        "| \`/pair\` | readonly [number, number] |  |",
        "| \`/rest\` | record |  |",
        "| \`/rest/*/x\` | float |  |",
        "| \`/some\` | "one" \\| "two" |  |",
        "| \`/what\` | unknown |  |",
      ]
    `)
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(5)
    expect(page).toContain('- turn: `/link`, many-to-many')
  })
})

/** Wrong ones must be seen to be wrong, or the types are `any`. */
const use = `import schema, { type DoorOpenedNo2V1, type Events } from './index.js'
import type { DataOut } from '@ledgerd/schema'
declare const opened: DataOut<Events, 'door.opened'>
export const by: string | null = opened.by
declare const all: DataOut<Events, 'door-opened'>
export const [whole, part]: readonly [number, number] = all.pair
export const some: 'one' | 'two' = all.some
export const of: string | undefined = all.of
// @ts-expect-error A door is a number.
export const door: string = opened.door
// @ts-expect-error There is no such event.
export type Missing = DataOut<Events, 'door.closed'>
export const name: string = schema.name
export type Kept = DoorOpenedNo2V1
`
