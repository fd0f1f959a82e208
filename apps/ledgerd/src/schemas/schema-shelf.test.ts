import { describe, expect, it } from 'vitest'
import { builtInFamilies, builtInFamilyOf, builtInPackage } from './built-in.ts'
import { SchemaBook } from './schema-book.ts'
import { SchemaShelf } from './schema-shelf.ts'

const line =
  (members: object): (() => Uint8Array) =>
  () =>
    new TextEncoder().encode(`${JSON.stringify(members)}\n`)
const empty = (): Uint8Array => new Uint8Array(0)
const kernelLine = line({ run_id: 'r', intent_sha256: 'x', result_kind: 'ok' })

function openBook(): { shelf: SchemaShelf; book: SchemaBook } {
  const shelf = new SchemaShelf()
  const nothing = (): undefined => undefined
  return {
    shelf,
    book: new SchemaBook({ rules: [], shelf, usual: 'world-events', readCopy: nothing, codeCopy: nothing }),
  }
}

describe('what is loaded when a ledger needs it', () => {
  const evidence = [
    { name: 'a new ledger', recorded: undefined, beginning: empty, want: 'world-events' },
    { name: 'a file of runs', recorded: undefined, beginning: kernelLine, want: 'kernel-runs' },
    {
      name: 'a ledger on record, whatever its lines',
      recorded: { name: '@ledgerd/schema-audio-jobs', periods: [] },
      beginning: kernelLine,
      want: 'audio-jobs',
    },
    {
      name: 'a schema that nobody has',
      recorded: { name: '@team/doors', periods: [] },
      beginning: empty,
      want: undefined,
    },
    // The short name of a family is no name of a schema.
    { name: 'a short name', recorded: { name: 'kernel-runs', periods: [] }, beginning: empty, want: undefined },
  ] as const
  it.each(evidence)('$name needs $want', async ({ recorded, beginning, want }) => {
    const { shelf, book } = openBook()
    const known = { recorded, beginning }
    expect([book.needs('a', known), shelf.has(want)]).toEqual([want, false])
    const name = book.nameOf('a', known)
    if (want !== undefined) expect(() => book.choose('a', known)).toThrow('BUSY')
    await shelf.load(want)
    expect(shelf.has(want)).toBe(true)
    expect(book.choose('a', known).schema.name).toBe(name)
  })

  it('is one family at a time, until the rest is loaded', async () => {
    const { shelf } = openBook()
    await shelf.load('build-order')
    expect(builtInFamilies.filter((family) => shelf.has(family))).toEqual(['build-order'])
    expect(shelf.isWhole).toBe(false)
    await shelf.loadRest()
    expect(shelf.isWhole).toBe(true)
  })

  it.each(builtInFamilies)('%s is called what its package is called', async (family) => {
    const { shelf, book } = openBook()
    await shelf.load(family)
    expect(shelf.family(family).name).toBe(builtInPackage(family))
    expect([builtInFamilyOf(builtInPackage(family)), book.has(builtInPackage(family))]).toEqual([family, true])
  })
})
