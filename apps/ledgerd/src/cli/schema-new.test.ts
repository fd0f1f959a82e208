import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lineOf, SchemaDesk } from '../../test/schema-desk.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let desk: SchemaDesk
beforeEach(() => {
  desk = new SchemaDesk()
})
afterEach(() => desk.remove())

const newIn = (...args: readonly string[]): ReturnType<SchemaDesk['run']> =>
  desk.run(['new', '@team/doors', '--dir', desk.path('doors'), ...args])

describe('schema new', () => {
  it('writes a package that freezes, tests and checks as it is', async () => {
    expect(await newIn()).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "ledgerd: next: cd <root>/doors && npm install && npx ledgerd schema gen . && npm test
      ",
        "out": "written <root>/doors/package.json
      written <root>/doors/src/index.js
      written <root>/doors/src/index.test.js
      written <root>/doors/README.md
      written <root>/doors/.github/workflows/schema.yml
      ",
      }
    `)
    expect((await desk.run(['gen', desk.path('doors')])).code).toBe(0)
    const tested = spawnSync(process.execPath, ['--test'], { cwd: desk.path('doors'), encoding: 'utf8' })
    expect({ status: tested.status, said: tested.status === 0 ? '' : tested.stdout }).toEqual({ status: 0, said: '' })
    expect(await desk.run(['check', desk.path('doors'), '--lint'])).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "@team/doors 1.0.0: 0 lint errors, 0 warnings
      ",
      }
    `)
    const args = ['check', desk.path('doors'), '--against', desk.path('doors'), '--documents', '50']
    expect((await desk.run(args)).code).toBe(0)
  })

  it('drafts events from stored lines, and closes nothing', async () => {
    const ledger = desk.write(
      'inn.jsonl',
      [
        lineOf('trade.made', 1, `{"amount": 1.0, "note": null, "it's": true, "by": {"name": "Mira"}, "parts": [1, 2]}`),
        lineOf('trade.made', 2, '{"amount": 2, "note": "x", "by": {"name": "Ash", "id": 7}, "parts": []}'),
        lineOf('door.opened', 3, '{"axes": {"1": {"x": 1}, "22": {"x": 0.5}}, "__proto__": {"a": 1}}'),
        'no line\n',
        lineOf('no event name', 4, '{}'),
      ].join(''),
    )
    const { code, out, err } = await newIn('--infer', ledger, '--json')
    expect({ code, err }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "ledgerd: reading <root>/inn.jsonl, 783 bytes
      ledgerd: drafted door.opened from 1 lines
      ledgerd: drafted trade.made from 2 lines
      ledgerd: 2 lines named no event type and were passed over
      ledgerd: next: cd <root>/doors && npm install && npx ledgerd schema gen . && npm test
      ",
      }
    `)
    expect(JSON.parse(out)).toMatchObject({
      kind: 'schema-new',
      v: 1,
      inferred: [
        { type: 'door.opened', lines: 1 },
        { type: 'trade.made', lines: 2 },
      ],
      skipped: 2,
    })
    expect(desk.read('doors/src/index.js')).toMatchInlineSnapshot(`
      "// The events of our ledgers. A published version is never changed: the next one is added with
      // event(V1).next(V2, (old) => …), and \`ledgerd schema check\` says whether it reads what is stored.
      import { defineSchema, event, float, int, text } from '@ledgerd/schema'
      import * as z from 'zod'
      import manifest from '../package.json' with { type: 'json' }

      export default defineSchema({
        name: manifest.name,
        version: manifest.version,
        events: {
          // Drafted from 1 stored lines: what they show, not what must hold.
          'door.opened': event(z.looseObject({
            axes: z.record(text(), z.looseObject({
              x: float(), // in 2 of 2
            })), // in 1 of 1
          })),
          // Drafted from 2 stored lines: what they show, not what must hold.
          'trade.made': event(z.looseObject({
            amount: float(), // in 2 of 2
            by: z.looseObject({
              id: int().optional(), // in 1 of 2
              name: text(), // in 2 of 2
            }), // in 2 of 2
            "it's": z.boolean().optional(), // in 1 of 2
            note: text().nullable(), // in 2 of 2
            parts: z.array(int()), // in 2 of 2
          })),
        },
      })
      "
    `)
    expect((await desk.run(['gen', desk.path('doors')])).code).toBe(0)
    const args = ['check', desk.path('doors'), '--against', desk.path('doors'), '--documents', '50', '--replay', ledger]
    expect(await desk.run(args)).toMatchObject({ code: 1, out: expect.stringContaining('1 of 5 lines fail') as string })
  })

  const refusals: { name: string; args: () => readonly string[]; code: number; says: string }[] = [
    { name: 'a name npm would refuse', args: () => ['new', 'Doors'], code: 2, says: '"Doors" is no npm name' },
    { name: 'a name that climbs', args: () => ['new', '../doors'], code: 2, says: 'is no npm name' },
    {
      name: 'a folder with something in it',
      args: () => ['new', 'doors', '--dir', desk.root],
      code: 1,
      says: 'is not empty; nothing was written',
    },
    {
      name: 'a folder that is a file',
      args: () => ['new', 'doors', '--dir', desk.write('file', '')],
      code: 7,
      says: '<root>/file cannot be used: ENOTDIR',
    },
    {
      name: 'lines that are not there',
      args: () => ['new', 'doors', '--dir', desk.path('x'), '--infer', desk.path('none.jsonl')],
      code: 4,
      says: 'there is no file <root>/none.jsonl',
    },
    {
      name: 'lines without events',
      args: () => ['new', 'doors', '--dir', desk.path('x'), '--infer', desk.write('a.jsonl', '{}\n[]\n')],
      code: 7,
      says: '--type-key NAME --data-key NAME',
    },
  ]
  for (const { name, args, code, says } of refusals)
    it(`refuses ${name} and writes nothing`, async () => {
      const answer = await desk.run(args())
      expect(answer).toMatchObject({ code, out: '', err: expect.stringContaining(says) as string })
      expect(fs.existsSync(desk.path('x'))).toBe(false)
    })

  it('reads the members it is told to', async () => {
    const ledger = desk.write('a.jsonl', '{"kind": "rain.fell", "body": {"mm": 0.5}}\n')
    expect((await newIn('--infer', ledger, '--type-key', 'kind', '--data-key', 'body')).code).toBe(0)
    await desk.run(['gen', desk.path('doors')])
    const { default: schema } = (await import(pathToFileURL(path.join(desk.root, 'doors/src/index.js')).href)) as {
      default: { events: object }
    }
    expect(Object.keys(schema.events)).toEqual(['rain.fell'])
  })
})
