import assert from 'node:assert/strict'
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
    await test(`${type} from ${from} to ${to} reads as it did`, () => {
      const { upcast } = schema.events[type].versions[from - 1]
      for (const { old, new: want } of cases) assert.deepEqual(upcast(old), want)
    })
