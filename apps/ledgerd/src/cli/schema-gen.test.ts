import fs from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SchemaDesk } from '../../test/schema-desk.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const doorV1 = `'door.opened': event(z.looseObject({ door: int(), by: field(text(), { pii: 'direct' }) }))`
const doorV2 = `${doorV1}.next(
  z.looseObject({ door: int(), by: field(text(), { pii: 'direct' }), force: float().nullable() }),
  (old) => ({ ...old, force: null }))`

let desk: SchemaDesk
beforeEach(() => {
  desk = new SchemaDesk()
})
afterEach(() => desk.remove())

describe('schema gen', () => {
  it('writes everything once, and changes no byte the second time', async () => {
    const place = desk.package('doors', '1.0.0', doorV1)
    expect(await desk.run(['gen', place])).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "written <root>/doors/ledger.schema.lock.json
      written <root>/doors/generated/docs/index.md
      written <root>/doors/generated/docs/door.opened.md
      written <root>/doors/generated/index.d.ts
      written <root>/doors/generated/asyncapi.json
      written <root>/doors/generated/json-schema/door.opened.v1.json
      ",
      }
    `)
    const before = fs.statSync(desk.path('doors/ledger.schema.lock.json')).mtimeMs
    expect(await desk.run(['gen', place])).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "unchanged 6 files of <root>/doors
      ",
      }
    `)
    expect(fs.statSync(desk.path('doors/ledger.schema.lock.json')).mtimeMs).toBe(before)
    expect((await desk.run(['gen', place, '--check'])).code).toBe(0)
  })

  it('types what it generates, for readers without the source', async () => {
    await desk.run(['gen', desk.package('doors', '1.1.0', doorV2)])
    expect(desk.read('doors/generated/index.d.ts')).toMatchInlineSnapshot(`
      "// Written by \`ledgerd schema gen\` from @team/doors 1.1.0. Changes here are lost.
      import type { EventDefinition, LedgerSchema } from '@ledgerd/schema'
      import type * as z from 'zod'

      /** door.opened, version 1. */
      export type DoorOpenedV1 = {
        readonly "by": string
        readonly "door": number
        readonly [other: string]: unknown
      }

      /** door.opened, version 2, the newest. */
      export type DoorOpenedV2 = {
        readonly "by": string
        readonly "door": number
        readonly "force": number | null
        readonly [other: string]: unknown
      }

      /** Each event type with the newest version of its payload. */
      export type Events = {
        readonly "door.opened": EventDefinition<z.ZodType<DoorOpenedV2, DoorOpenedV2>>
      }

      declare const schema: LedgerSchema<Events>
      export default schema
      "
    `)
    expect(JSON.parse(desk.read('doors/generated/json-schema/door.opened.v2.json'))).toMatchInlineSnapshot(`
      {
        "$id": "urn:ledgerd:%40team%2Fdoors:door.opened:2",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {
          "by": {
            "type": "string",
            "x-ledgerd": {
              "pii": "direct",
            },
          },
          "door": {
            "maximum": 9007199254740991,
            "minimum": -9007199254740991,
            "type": "integer",
          },
          "force": {
            "anyOf": [
              {
                "type": "number",
              },
              {
                "type": "null",
              },
            ],
          },
        },
        "required": [
          "by",
          "door",
          "force",
        ],
        "title": "door.opened, version 2",
        "type": "object",
      }
    `)
  })

  it('says in JSON what is stale, missing and left over, and writes nothing with --check', async () => {
    const place = desk.package('doors', '1.0.0', doorV1)
    await desk.run(['gen', place])
    desk.write('doors/generated/docs/index.md', 'changed by hand\n')
    desk.write('doors/generated/json-schema/door.closed.v1.json', '{}\n')
    fs.rmSync(desk.path('doors/generated/asyncapi.json'))
    const { code, out, err } = await desk.run(['gen', place, '--check', '--json'])
    expect({ code, err }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "ledgerd: what is generated is not that of the package; run: ledgerd schema gen <root>/doors
      ",
      }
    `)
    expect(JSON.parse(out)).toMatchInlineSnapshot(`
      {
        "files": [
          {
            "file": "<root>/doors/ledger.schema.lock.json",
            "state": "unchanged",
          },
          {
            "file": "<root>/doors/generated/docs/index.md",
            "state": "stale",
          },
          {
            "file": "<root>/doors/generated/docs/door.opened.md",
            "state": "unchanged",
          },
          {
            "file": "<root>/doors/generated/index.d.ts",
            "state": "unchanged",
          },
          {
            "file": "<root>/doors/generated/asyncapi.json",
            "state": "missing",
          },
          {
            "file": "<root>/doors/generated/json-schema/door.opened.v1.json",
            "state": "unchanged",
          },
          {
            "file": "<root>/doors/generated/json-schema/door.closed.v1.json",
            "state": "left over",
          },
        ],
        "kind": "schema-gen",
        "name": "@team/doors",
        "v": 1,
        "version": "1.0.0",
      }
    `)
    expect(desk.read('doors/generated/docs/index.md')).toBe('changed by hand\n')
    expect((await desk.run(['gen', place])).out).toContain(
      'removed <root>/doors/generated/json-schema/door.closed.v1.json',
    )
    expect((await desk.run(['gen', place, '--check'])).code).toBe(0)
  })

  it('writes the lock alone for packages that are typed by their own compiler', async () => {
    const place = desk.package('doors', '1.0.0', doorV1, { ledgerd: { generated: false } })
    expect((await desk.run(['gen', place])).out).toBe('written <root>/doors/ledger.schema.lock.json\n')
    expect(fs.existsSync(desk.path('doors/generated'))).toBe(false)
  })

  it('takes a lock that a formatter laid out for the same', async () => {
    const place = desk.package('doors', '1.0.0', doorV1)
    await desk.run(['gen', place])
    const lock = desk.read('doors/ledger.schema.lock.json')
    desk.write('doors/ledger.schema.lock.json', `${JSON.stringify(JSON.parse(lock), undefined, 4)}\n`)
    expect((await desk.run(['gen', place, '--check'])).code).toBe(0)
  })

  it('keeps since when each version is published, and refuses to freeze one anew', async () => {
    const first = desk.package('first', '1.0.0', doorV1)
    await desk.run(['gen', first])
    const grown = desk.package('grown', '1.1.0', doorV2)
    fs.copyFileSync(desk.path('first/ledger.schema.lock.json'), desk.path('grown/ledger.schema.lock.json'))
    expect((await desk.run(['gen', grown])).code).toBe(0)
    expect((JSON.parse(desk.read('grown/ledger.schema.lock.json')) as { since: unknown }).since).toEqual({
      'door.opened': ['1.0.0', '1.1.0'],
    })
    const changed = desk.package('changed', '1.2.0', doorV1.replace('door: int()', 'door: text()'))
    fs.copyFileSync(desk.path('first/ledger.schema.lock.json'), desk.path('changed/ledger.schema.lock.json'))
    expect(await desk.run(['gen', changed])).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "ledgerd: <root>/changed: version 1 of door.opened is published since 1.0.0 and is another now; it never changes
        try: put it back as it was and add a version: event(V1).next(V2, (old) => …)
      ",
        "out": "",
      }
    `)
    expect(
      await desk.run(['gen', desk.package('bare', '1.2.0', doorV1.replace('door:', 'gate:')), '--against', first]),
    ).toMatchObject({
      code: 1,
    })
  })
})

describe('schema docs', () => {
  it('prints a page for each event, and what ledgers hold of each version', async () => {
    const place = desk.package('doors', '1.1.0', doorV2)
    const { lineOf } = await import('../../test/schema-desk.ts')
    const ledger = desk.write(
      'inn.jsonl',
      lineOf('door.opened', 1, '{"by": "Mira", "door": 7}') +
        lineOf('rain.fell', 2, '{}') +
        lineOf('door.opened', 3, '{"by": "Ash", "door": 2, "force": 0.5}', 2) +
        lineOf('door.opened', 4, '{"by": "Ash", "door": 3}'),
    )
    const { code, out, err } = await desk.run(['docs', place, '--ledger', ledger])
    expect({ code, err }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "ledgerd: counting <root>/inn.jsonl, 656 bytes
      ledgerd: <root>/inn.jsonl: 1 lines are of no type of @team/doors
      ",
      }
    `)
    expect(out).toMatchInlineSnapshot(`
      "# @team/doors 1.1.0

      Digest \`sha256:<digest>\`.

      | event | version |
      | --- | --- |
      | [door.opened](door.opened.md) | 2 |

      ## The line

      - dialects: \`python\`
      - identity: \`/id\`
      - time: \`/time\`
      - version: \`/meta/data_version\`

      # door.opened

      @team/doors 1.1.0; version 2 of this type.

      ## Fields

      | field | type | meaning |
      | --- | --- | --- |
      | \`/by\` | string | pii: direct |
      | \`/door\` | int |  |
      | \`/force\` | number \\| null |  |

      ## Example

      \`\`\`json
      {
        "by": "Ärger 😀",
        "door": 0,
        "force": 0
      }
      \`\`\`

      ## Versions

      | version | since package | digest | stored |
      | --- | --- | --- | --- |
      | 1 | 1.1.0 | \`sha256:<digest>\` | <root>/inn.jsonl: 2 lines, seq 0 to 3 |
      | 2 | 1.1.0 | \`sha256:<digest>\` | <root>/inn.jsonl: 1 lines, seq 2 to 2 |

      ## From 1 to 2

      Line 0 of <root>/inn.jsonl, stored as

      \`\`\`json
      {
        "by": "<direct>",
        "door": 7
      }
      \`\`\`

      reads as

      \`\`\`json
      {
        "by": "<direct>",
        "door": 7,
        "force": null
      }
      \`\`\`

      ## Links

      None declared.
      "
    `)
    expect(out).not.toContain('Mira')
    const { stored } = JSON.parse((await desk.run(['docs', place, '--ledger', ledger, '--json'])).out) as {
      stored: unknown
    }
    expect(stored).toEqual([
      { version: 'door.opened@1', ledgers: [{ ledger: '<root>/inn.jsonl', lines: 2, firstSeq: 0, lastSeq: 3 }] },
      { version: 'door.opened@2', ledgers: [{ ledger: '<root>/inn.jsonl', lines: 1, firstSeq: 2, lastSeq: 2 }] },
    ])
  })

  it('writes files with --out, and reads no ledger that is not there', async () => {
    const place = desk.package('doors', '1.0.0', doorV1)
    expect(await desk.run(['docs', place, '--out', desk.path('site')])).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "written <root>/site/index.md
      written <root>/site/door.opened.md
      ",
      }
    `)
    expect(await desk.run(['docs', place, '--ledger', desk.path('none.jsonl')])).toMatchObject({ code: 4, out: '' })
  })
})
