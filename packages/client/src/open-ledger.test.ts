// What callers of plain JavaScript learn at once, and not from a TypeError at their first event.
import { describe, expect, it } from 'vitest'
import { ManualPlatform } from '../conformance/manual-platform.ts'
import { notes } from '../conformance/note-schema.ts'
import { Connector } from './open-ledger.ts'

describe('connect', () => {
  const connector = new Connector(new ManualPlatform())
  const cases = [
    { name: 'no schema', options: { ledger: 'a' }, want: /^CONFIG_INVALID: schema must be given/ },
    {
      name: 'a module in place of a schema',
      options: { ledger: 'a', schema: { notes } },
      want: /^CONFIG_INVALID: schema/,
    },
    { name: 'no ledger', options: { schema: notes }, want: /^CONFIG_INVALID: ledger must be given/ },
  ]
  for (const { name, options, want } of cases)
    it(`refuses ${name}`, () => expect(() => connector.connect(options as never)).toThrow(want))

  it('refuses a group without a schema', () =>
    expect(() => connector.connectAll({ ledgers: ['a'] } as never)).toThrow(/^CONFIG_INVALID: schema must be given/))
})

describe('appendAll', () => {
  it('says which draft is refused before anything is sent', async () => {
    const ledger = new Connector(new ManualPlatform()).connect({ ledger: 'a', schema: notes })
    const good = { type: 'note.text', data: { text: 'a' } } as const
    const cases = [
      { bad: { ...good, id: '1', key: 'k' }, code: 'REQUEST_INVALID' },
      { bad: { ...good, data: null } as never, code: 'VALUE_REFUSED' },
    ]
    for (const { bad, code } of cases) {
      const refused = ledger.appendAll([good, bad])
      await expect(refused).rejects.toMatchObject({
        code,
        outcome: 'absent',
        details: { index: 1 },
        message: expect.stringContaining(': draft 1: ') as string,
      })
    }
  })
})
