import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SchemaDesk } from '../../test/schema-desk.ts'
import type { Answer } from '../../test/schema-desk.ts'

// Documents by the thousand and modules to load: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const doorV1 = `    'door.opened': event(z.looseObject({
      door: int(),
    }))`
const stepped = `${doorV1}.next(z.looseObject({
      door: int(),
      by: text().nullable(),
    }), (old) => ({ ...old, by: null }))`

let desk: SchemaDesk
beforeEach(() => {
  desk = new SchemaDesk()
})
afterEach(() => desk.remove())

/** Version 1.0.0, published. */
async function published(): Promise<string> {
  const place = desk.package('old', '1.0.0', doorV1)
  expect((await desk.run(['gen', place])).code).toBe(0)
  return place
}

const check = (next: string, old: string, ...args: readonly string[]): Promise<Answer> =>
  desk.run(['check', next, '--against', old, '--documents', '100', '--seed', '7', ...args])

describe('--lint', () => {
  it('passes a package without a word', async () => {
    expect(await desk.run(['check', desk.package('p', '1.0.0', doorV1), '--lint'])).toMatchObject({
      code: 0,
      out: '@team/doors 1.0.0: 0 lint errors, 0 warnings\n',
    })
  })

  const untidy = `    'door.opened': event(z.looseObject({
      door: z.number(),
    }))`
  const manifest = { name: '@team/gates', dependencies: { zod: '^4.0.0' }, keywords: [], files: ['src'] }

  it('names rule, place and fix of each finding', async () => {
    expect(await desk.run(['check', desk.package('p', '1.0.0', untidy, manifest), '--lint'])).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "",
        "out": "@team/doors 1.0.0: 1 lint errors, 4 warnings
      warning NUMBER_UNTYPED /events/door.opened/door@1 (<root>/p/src/index.js:8)
        z.number() does not say whether 1 is written 1 or 1.0
        fix: use int(), float() or decimal() of @ledgerd/schema
      error PACKAGE_MISNAMED /name (<root>/p/package.json:1)
        package.json says @team/gates and the schema says @team/doors
        fix: take the name of the schema from package.json
      warning PACKAGE_INCOMPLETE /dependencies/zod (<root>/p/package.json:1)
        zod is bundled as a dependency
        fix: make it a peerDependency "^4.0.0"
      warning PACKAGE_INCOMPLETE /keywords (<root>/p/package.json:1)
        nobody finds the package
        fix: add the keyword "ledgerd-schema"
      warning PACKAGE_INCOMPLETE /files (<root>/p/package.json:1)
        the tarball holds no ledger.schema.lock.json
        fix: add "ledger.schema.lock.json"
      ",
      }
    `)
  })

  it('as data, and as annotations', async () => {
    const place = desk.package('p', '1.0.0', untidy, manifest)
    const { out } = await desk.run(['check', place, '--lint', '--format', 'json'])
    expect(JSON.parse(out)).toMatchObject({
      ...{ kind: 'schema-lint', v: 1, name: '@team/doors', version: '1.0.0' },
      findings: [
        { rule: 'NUMBER_UNTYPED', severity: 'warning', at: { file: '<root>/p/src/index.js', line: 8 } },
        { rule: 'PACKAGE_MISNAMED', severity: 'error', at: { file: '<root>/p/package.json', line: 1 } },
        { rule: 'PACKAGE_INCOMPLETE' },
        { rule: 'PACKAGE_INCOMPLETE' },
        { rule: 'PACKAGE_INCOMPLETE' },
      ],
    })
    const github = await desk.run(['check', place, '--lint', '--format', 'github'])
    expect(github.out.split('\n')[0]).toMatchInlineSnapshot(
      `"::warning file=<root>/p/src/index.js,line=8,title=NUMBER_UNTYPED::/events/door.opened/door@1: z.number() does not say whether 1 is written 1 or 1.0. Fix: use int(), float() or decimal() of @ledgerd/schema"`,
    )
    expect((await desk.run(['check', place, '--lint', '--format', 'junit'])).code).toBe(2)
  })

  it('stops a comparison, which would be worth nothing', async () => {
    const old = await published()
    const { code, out, err } = await check(desk.package('p', '2.0.0', stepped, { name: '@team/gates' }), old)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('package.json says @team/gates and the schema says @team/doors')
  })

  it('finds two copies of zod', async () => {
    const place = desk.package('p', '1.0.0', doorV1)
    const copy = desk.path('p/node_modules/zod')
    fs.mkdirSync(path.dirname(copy), { recursive: true })
    fs.cpSync(fs.realpathSync(desk.path('node_modules/zod')), copy, {
      recursive: true,
      filter: (name) => !name.includes('locales') && !/\.(?:cts|d\.ts|map)$/.test(name),
    })
    fs.mkdirSync(path.join(copy, 'v4/locales'), { recursive: true })
    fs.cpSync(fs.realpathSync(desk.path('node_modules/zod/v4/locales')), path.join(copy, 'v4/locales'), {
      recursive: true,
    })
    const { code, out } = await desk.run(['check', place, '--lint'])
    expect(code).toBe(1)
    expect(out).toContain('error DUPLICATE_ZOD /peerDependencies/zod')
    expect(out).toContain('<root>/p/node_modules/zod')
    expect(out).toContain('npm dedupe')
  })
})

describe('a package that cannot be used decides nothing, and names the file and the fix', () => {
  const broken: readonly { name: string; source: string; want: readonly string[] }[] = [
    { name: 'does not load', source: `throw new Error('no luck')`, want: ['index.js does not load', 'no luck'] },
    { name: 'is no JavaScript', source: 'export default {', want: ['index.js does not load'] },
    {
      name: 'imports what is not there',
      source: `import '@team/elsewhere'`,
      want: ['index.js does not load', '@team/elsewhere'],
    },
    {
      name: 'has no default export',
      source: 'export const answer = 42',
      want: ['exports no ledger schema', 'default export'],
    },
    {
      name: 'has a transform',
      source: `import * as z from 'zod'
import { defineSchema, event } from '@ledgerd/schema'
export default defineSchema({ name: '@team/doors', version: '1.0.0', events: {
  'door.opened': event(z.looseObject({ loud: z.string().transform((text) => text.length) })) } })`,
      want: ['index.js does not load', '/loud: ', 'stored bytes are never changed'],
    },
    {
      name: 'has a strict object',
      source: `import * as z from 'zod'
import { defineSchema, event } from '@ledgerd/schema'

export default defineSchema({ name: '@team/doors', version: '1.0.0', events: {
  'door.opened': event(z.strictObject({})) } })`,
      want: ['index.js does not load', 'objects must be loose'],
    },
  ]
  for (const { name, source, want } of broken)
    it(name, async () => {
      desk.write('p/package.json', '{"name": "@team/doors", "type": "module", "exports": "./index.js"}')
      desk.write('p/index.js', source)
      for (const args of [
        ['gen', desk.path('p')],
        ['check', desk.path('p'), '--lint'],
        ['docs', desk.path('p')],
      ]) {
        const { code, out, err } = await desk.run(args)
        expect({ code, out }).toEqual({ code: 7, out: '' })
        for (const words of ['<root>/p', ...want, `try: mend that, then: ledgerd schema check --lint <root>/p`])
          expect(err).toContain(words)
      }
    })

  it('has a step that fails, which is no freezing', async () => {
    const throwing = stepped.replace('({ ...old, by: null })', '({ ...old, by: old.nobody.name })')
    const place = desk.package('p', '2.0.0', throwing)
    for (const args of [
      ['gen', place],
      ['docs', place],
    ]) {
      const { code, out, err } = await desk.run(args)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain('The step of door.opened from 1 to 2 fails on {"door":0}')
      expect(err).toContain('mend it in <root>/p')
    }
  })

  it('has a step that is not pure, which no lock can hold', async () => {
    const guessing = stepped.replace('({ ...old, by: null })', '({ ...old, by: String(Math.random()) })')
    const { code, out, err } = await desk.run(['gen', desk.package('p', '2.0.0', guessing)])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('The step of door.opened from 1 to 2 makes something else of {"door":0} every time')
  })

  it('contradicts the digest on record', async () => {
    const old = await published()
    const next = desk.package('new', '1.0.1', doorV1.replace('door: int()', 'door: text()'))
    const { code, out } = await check(next, old)
    expect(code).toBe(1)
    expect(out).toContain('FROZEN_VERSION_CHANGED /events/door.opened@1')
    const lock = path.join(old, 'ledger.schema.lock.json')
    fs.writeFileSync(lock, fs.readFileSync(lock, 'utf8').replace('"kind": "int"', '"kind": "text"'))
    expect(await check(next, old)).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining('ledger.schema.lock.json was changed: it says sha256:') as string,
    })
  })

  it('is another package than the old side', async () => {
    const old = await published()
    const next = desk.package('new', '1.0.0', doorV1)
    fs.writeFileSync(
      path.join(next, 'src/index.js'),
      fs.readFileSync(path.join(next, 'src/index.js'), 'utf8').replace('@team/doors', '@team/gates'),
    )
    fs.rmSync(path.join(next, 'package.json'))
    expect(await check(path.join(next, 'src/index.js'), old)).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining('the old side is @team/doors, the new one @team/gates') as string,
    })
  })

  it('has a package.json that is no JSON', async () => {
    const place = desk.package('p', '1.0.0', doorV1)
    desk.write('p/package.json', '{')
    expect((await desk.run(['check', place, '--lint'])).code).toBe(7)
  })
})
