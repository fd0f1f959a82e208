import { LedgerError } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { configureFamily } from './family-settings.ts'
import { SchemaBook } from './schema-book.ts'
import { SchemaShelf } from './schema-shelf.ts'
import { parseSchemaConfig } from './schema-rules.ts'

const key = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
const required = { signature: { isRequired: true, publicKeys: [key] } }

async function configure(settings: unknown, name = 'audio-jobs'): ReturnType<typeof configureFamily> {
  const text = JSON.stringify({ schemas: [{ ledgers: 'jobs/**', package: name, settings }] })
  const [rule] = parseSchemaConfig(text, '/data/ledgerd.json', '/data')
  return await configureFamily(rule?.wish ?? { package: '', folder: '', asker: '' })
}

const refusal = async (action: Promise<unknown>): Promise<string> =>
  await action.then(
    () => 'accepted',
    (error: unknown) => (error instanceof LedgerError && error.code === 'CONFIG_INVALID' ? error.message : 'another'),
  )
const unsigned = new TextEncoder().encode('{"ts": "x", "phase": "review.loop#1"}')
const codesOf = (schema: Awaited<ReturnType<typeof configureFamily>>): string[] =>
  schema
    .openChecker({ ledger: 'jobs/a' })
    .check(unsigned, { line: 1, offset: 0 })
    .findings.map(({ code }) => code)

describe('settings of a family', () => {
  it('make signatures required', async () => {
    expect(codesOf(await configure(required))).toContain('sign-missing')
    expect(codesOf(await configure({}))).not.toContain('sign-missing')
  })

  const refused: readonly { name: string; settings: unknown; package?: string; want: RegExp }[] = [
    { name: 'a misspelt setting', settings: { keys: [] }, want: /at \/schemas\/0\/settings\/keys: there is no such/ },
    {
      name: 'no key',
      settings: { signature: { publicKeys: ['x'] } },
      want: /settings\/signature\/publicKeys\/0: is no/,
    },
    { name: 'required without a key', settings: { signature: { isRequired: true } }, want: /settings\/signature: / },
    { name: 'a count that is none', settings: { loopsMax: -1 }, want: /settings\/loopsMax: / },
    { name: 'another family', settings: {}, package: 'kernel-runs', want: /settings: kernel-runs takes no settings/ },
  ]
  for (const { name, settings, want, ...rest } of refused)
    it(`refuse ${name}, with file and pointer`, async () => {
      const message = await refusal(configure(settings, rest.package))
      expect(message).toMatch(want)
      expect(message).toContain('/data/ledgerd.json')
    })

  it('hold for the ledgers of their rule and for no others, recorded or new', async () => {
    const schema = await configure(required)
    const shelf = new SchemaShelf()
    await shelf.loadRest()
    const plain = shelf.family('audio-jobs')
    const rules = [{ matches: (ledger: string) => ledger.startsWith('jobs/'), schema, hasSettings: true }]
    const book = new SchemaBook({
      rules,
      shelf,
      usual: 'world-events',
      readCopy: () => undefined,
      codeCopy: () => undefined,
    })
    const recorded = { name: plain.name, periods: [] }
    const choose = (ledger: string): unknown => book.choose(ledger, { recorded, beginning: () => unsigned }).schema
    expect([choose('jobs/a') === schema, choose('old/a') === plain]).toEqual([true, true])
    expect(book.forNew('jobs/b')).toBe(schema)
  })
})
