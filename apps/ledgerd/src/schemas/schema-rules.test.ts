import { LedgerError } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { parseSchemaConfig, parseSchemaFlag } from './schema-rules.ts'

const file = '/data/ledgerd.json'

function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'CONFIG_INVALID') return error.message
    throw error
  }
  return 'accepted'
}

describe('the rules in ledgerd.json', () => {
  it('keep their order and know what they match', () => {
    const text = `{"schemas": [
      {"ledgers": "runs/*", "package": "kernel-runs"}, {"ledgers": "**", "package": "./mine"}]}`
    const [first, second] = parseSchemaConfig(text, file, '/data')
    expect(first?.wish).toEqual({
      package: 'kernel-runs',
      folder: '/data',
      asker: '/data/ledgerd.json at /schemas/0/package',
    })
    expect([first?.matches('runs/a'), first?.matches('runs/a/b'), second?.matches('runs/a/b')]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('may be none', () => expect(parseSchemaConfig('{}', file, '/data')).toEqual([]))

  const refused: readonly { name: string; text: string; want: RegExp }[] = [
    { name: 'not JSON', text: '{"schemas": [}', want: /ledgerd\.json is not JSON .*; mend it/ },
    { name: 'not an object', text: '[]', want: /ledgerd\.json at its root: / },
    {
      name: 'a misspelt setting',
      text: '{"schema": []}',
      want: /at \/schema: there is no such setting; known here: schemas/,
    },
    {
      name: 'a misspelt member of a rule',
      text: '{"schemas": [{"ledgers": "a", "package": "b"}, {"ledger": "a", "package": "b"}]}',
      want: /at \/schemas\/1\//,
    },
    {
      name: 'a pattern that is none',
      text: '{"schemas": [{"ledgers": "../a", "package": "b"}]}',
      want: /at \/schemas\/0\/ledgers: is neither a ledger id nor a pattern/,
    },
    { name: 'no package', text: '{"schemas": [{"ledgers": "a"}]}', want: /at \/schemas\/0\/package: / },
    {
      name: 'an empty package',
      text: '{"schemas": [{"ledgers": "a", "package": ""}]}',
      want: /at \/schemas\/0\/package: /,
    },
    { name: 'a number for a list', text: '{"schemas": 3}', want: /at \/schemas: / },
  ]
  for (const { name, text, want } of refused)
    it(`refuse ${name}, naming file, place and fix`, () =>
      expect(refusal(() => parseSchemaConfig(text, file, '/data'))).toMatch(want))
})

describe('--schema', () => {
  const folders = { dataFolder: '/data', cwd: '/work' }
  const table: readonly { name: string; text: string; folder: string }[] = [
    { name: 'a family', text: 'runs/**=kernel-runs', folder: '/data' },
    { name: 'an npm name', text: '**=@team/rooms', folder: '/data' },
    { name: 'a path, from where it was typed', text: 'rooms/*=./rooms.js', folder: '/work' },
  ]
  for (const { name, text, folder } of table)
    it(`takes ${name}`, () => expect(parseSchemaFlag(text, folders).wish.folder).toBe(folder))

  for (const text of ['kernel-runs', 'runs/**=', '=kernel-runs', '../a=kernel-runs', 'a=b c'])
    it(`refuses ${text}`, () =>
      expect(refusal(() => parseSchemaFlag(text, folders))).toContain('write PATTERN=PACKAGE'))
})
