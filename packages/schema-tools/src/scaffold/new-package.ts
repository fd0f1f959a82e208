// The files of a new schema package: plain ES modules, so that nothing has to be built, with types that `schema gen`
// writes, a test, and a CI job that refuses a change that cannot read what is stored.
import { quoted } from './infer-events.ts'
import type { InferredEvent } from './infer-events.ts'

export interface NewPackage {
  /** The npm name. */
  readonly name: string
  /** Of ledgerd and `@ledgerd/schema`, which carry one number; named as a caret range. */
  readonly ledgerdVersion: string
  readonly zodVersion: string
  /** Drafted from stored lines; empty for a first example. */
  readonly events: readonly InferredEvent[]
}

/** Texts by path, relative to the package. */
export function newPackageFiles(wish: NewPackage): ReadonlyMap<string, string> {
  return new Map([
    ['package.json', manifest(wish)],
    ['src/index.js', source(wish)],
    ['src/index.test.js', testSource()],
    ['README.md', readme(wish)],
    ['.github/workflows/schema.yml', workflow],
  ])
}

function manifest({ name, ledgerdVersion, zodVersion }: NewPackage): string {
  const document = {
    name,
    version: '1.0.0',
    description: 'The events of our ledgers',
    keywords: ['ledgerd-schema'],
    license: 'UNLICENSED',
    type: 'module',
    engines: { node: '>=20.19' },
    exports: { '.': { types: './generated/index.d.ts', default: './src/index.js' } },
    files: ['src', '!src/**/*.test.js', 'generated', 'ledger.schema.lock.json'],
    scripts: { gen: 'ledgerd schema gen .', test: 'node --test', check: 'ledgerd schema check .' },
    dependencies: { '@ledgerd/schema': `^${ledgerdVersion}` },
    // Whoever uses the package brings zod: two copies in one program do not know each other's models.
    peerDependencies: { zod: '^4.0.0' },
    devDependencies: { ledgerd: `^${ledgerdVersion}`, zod: zodVersion },
    ledgerd: { suppressions: [] },
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

const exampleEvents: readonly InferredEvent[] = [
  {
    type: 'door.opened',
    count: 0,
    source: `z.looseObject({\n      door: int(),\n      by: field(text(), { subject: { kind: 'character', by: 'name' } }),\n    })`,
  },
]

function source({ events }: NewPackage): string {
  const all = events.length === 0 ? exampleEvents : events
  const text = all.map(({ type, count, source: model }) => {
    const evidence =
      count === 0 ? '' : `    // Drafted from ${count} stored lines: what they show, not what must hold.\n`
    return `${evidence}    ${quoted(type)}: event(${model}),\n`
  })
  const words = ['float', 'int', 'text'].filter((word) => text.some((one) => one.includes(`${word}(`)))
  const imports = ['defineSchema', 'event', ...(text.some((one) => one.includes('field(')) ? ['field'] : []), ...words]
  return `// The events of our ledgers. A published version is never changed: the next one is added with
// event(V1).next(V2, (old) => …), and \`ledgerd schema check\` says whether it reads what is stored.
import { ${imports.join(', ')} } from '@ledgerd/schema'
import * as z from 'zod'
import manifest from '../package.json' with { type: 'json' }

export default defineSchema({
  name: manifest.name,
  version: manifest.version,
  events: {
${text.join('')}  },
})
`
}

function testSource(): string {
  return `import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import schema from './index.js'

const lock = JSON.parse(await readFile(new URL('../ledger.schema.lock.json', import.meta.url), 'utf8'))

await test('the lock is that of the schema', () => {
  assert.equal(lock.schema.name, schema.name)
  assert.equal(lock.schema.version, schema.version)
  assert.deepEqual(Object.keys(lock.schema.events), Object.keys(schema.events).sort())
})

for (const [type, steps] of Object.entries(lock.golden))
  for (const { from, to, cases } of steps)
    await test(\`\${type} from \${from} to \${to} reads as it did\`, () => {
      const { upcast } = schema.events[type].versions[from - 1]
      for (const { old, new: want } of cases) assert.deepEqual(upcast(old), want)
    })
`
}

function readme({ name }: NewPackage): string {
  return `# ${name}

The events of our ledgers, for ledgerd.

    npx ledgerd schema gen .                       # after each change: the lock, types, JSON Schema, pages
    npm test
    npx ledgerd schema check . --against git:main  # does it read what the published version wrote?
    npm publish

Add a version, never change one: \`event(V1).next(V2, (old) => ({ ...old, model: null }))\`. What the old version did not
know becomes null. Stored lines stay as they are.

A daemon takes the package by pattern: \`ledgerd serve data --schema 'houses/**=${name}'\`. What each event holds is in
[generated/docs](generated/docs/index.md).
`
}

const workflow = `name: schema
on: [pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - run: npm ci
      - run: npx ledgerd schema gen . --check
      - run: npm test
      - run: npx ledgerd schema check . --against git:origin/\${{ github.base_ref }} --format github
`
