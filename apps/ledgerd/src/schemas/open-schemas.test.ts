import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataFolder } from '../storage/data-folder.ts'
import { publishedSchema } from '../storage/published-schema.ts'
import { builtInFamilies, builtInPackage, loadBuiltIn } from './built-in.ts'
import { freeze } from './freeze.ts'
import { openSchemas, type Schemas } from './open-schemas.ts'

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-schemas-'))
})
afterEach(() => fs.rmSync(root, { recursive: true }))

const name = builtInPackage('kernel-runs')
const installed = publishedSchema(name, import.meta.dirname)

async function open(schemas: readonly object[], flags: readonly string[] = []): Promise<Schemas> {
  const folder = new DataFolder(root)
  const origin = { v: 1, kind: 'created', ledger: 'a', schema: name, profile: 'p', lines: 0, bytes: 0, schemas }
  fs.mkdirSync(folder.sidecar('a'), { recursive: true })
  fs.writeFileSync(path.join(folder.sidecar('a'), 'created.json'), JSON.stringify(origin))
  return await openSchemas({ folder, flags, cwd: root, log: { warn: () => {} }, nowMs: () => 0 })
}

describe('what is installed', () => {
  it.each(builtInFamilies)('publishes %s as its code says', async (family) => {
    const schema = await loadBuiltIn(family)
    const { version } = schema
    const want = { name: schema.name, version, digest: freeze(schema).digest }
    expect(publishedSchema(builtInPackage(family), import.meta.dirname)).toEqual(want)
  })

  it.each([
    { what: 'is not there', lock: undefined },
    { what: 'has half a lock', lock: '{"lock": 1, "schema": {"name": "@team/x", "version": "1.0.0"' },
    { what: 'has a lock without a digest', lock: '{"lock": 1, "schema": {"name": "@team/x", "version": "1.0.0"}}' },
    { what: 'has a lock of nothing', lock: 'null' },
  ])('publishes nothing if it $what', ({ lock }) => {
    const place = path.join(root, 'node_modules/@team/x')
    if (lock !== undefined) {
      fs.mkdirSync(place, { recursive: true })
      fs.writeFileSync(path.join(place, 'package.json'), '{}')
      fs.writeFileSync(path.join(place, 'ledger.schema.lock.json'), lock)
    }
    expect(publishedSchema('@team/x', root)).toBeUndefined()
  })
})

describe('a ledger on record', () => {
  const other = { ...installed, digest: `sha256:${'0'.repeat(64)}` }
  const table = [
    { what: 'under what is installed', schemas: [installed], want: { isRefused: false, isLoaded: false } },
    { what: 'under other content', schemas: [other], want: { isRefused: true, isLoaded: true } },
    {
      what: 'under a later version',
      schemas: [{ ...installed, version: '9.0.0' }],
      want: { isRefused: true, isLoaded: true },
    },
    { what: 'as it once was', schemas: [other, installed], want: { isRefused: false, isLoaded: false } },
    { what: 'by name alone', schemas: [], want: { isRefused: false, isLoaded: true } },
    {
      what: 'under what is installed, with a rule for another',
      schemas: [installed],
      flags: ['**=world-events'],
      want: { isRefused: true, isLoaded: true },
    },
  ]
  it.each(table)('$what: $want', async ({ schemas, flags, want }) => {
    const opened = await open(schemas as readonly object[], flags)
    const isRefused = await opened.isRefused('a')
    const loading = opened.whenLoaded('a')
    expect({ isRefused, isLoaded: loading === undefined }).toEqual(want)
    await loading
    expect(opened.whenLoaded('a')).toBeUndefined()
  })
})
