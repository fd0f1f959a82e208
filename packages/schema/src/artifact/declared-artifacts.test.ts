import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../define/define-schema.ts'
import { event } from '../event.ts'
import { field, hash, text } from '../field.ts'
import { wholeReference } from './artifact-reference.ts'

const sha256 = createHash('sha256').update('a').digest('hex')
const take = field(hash('sha256'), { artifact: { algo: 'sha256', role: 'take' } })
const cid = field(text(), { artifact: { algo: 'cid', role: 'mix' } })
const schema = defineSchema({
  name: '@team/takes',
  version: '1.0.0',
  events: {
    take: event(
      z.looseObject({
        take: take.nullable(),
        mixes: z.array(z.looseObject({ 'a/b': cid.optional() })).optional(),
        by: z.record(z.string(), take).optional(),
        either: z.union([z.looseObject({ take }), z.looseObject({ take, cid })]).optional(),
      }),
    ),
    note: event(z.looseObject({ text: text() })),
  },
})
const line = (type: string, data: unknown): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({ data, id: '0'.repeat(32), link: null, meta: {}, time: '2026-03-01T10:00:00.000Z', type }),
  )

describe('what a schema declares as artifacts', () => {
  const table: readonly { name: string; line: Uint8Array; want: readonly string[] }[] = [
    { name: 'a field', line: line('take', { take: sha256 }), want: [`/data/take sha256 ${sha256}`] },
    { name: 'null is none', line: line('take', { take: null }), want: [] },
    { name: 'no text', line: line('take', { take: 7 }), want: ['/data/take sha256 undefined'] },
    {
      name: 'in lists, with escaped names',
      line: line('take', { take: null, mixes: [{}, { 'a/b': 'x' }] }),
      want: ['/data/mixes/1/a~1b cid x'],
    },
    { name: 'in records', line: line('take', { by: { me: sha256 } }), want: [`/data/by/me sha256 ${sha256}`] },
    {
      name: 'in unions, once',
      line: line('take', { either: { take: sha256, cid: 'x' } }),
      want: [`/data/either/take sha256 ${sha256}`, '/data/either/cid cid x'],
    },
    { name: 'of an undeclared member', line: line('take', { other: sha256 }), want: [] },
    { name: 'of another type', line: line('note', { take: sha256 }), want: [] },
    { name: 'of no line', line: new TextEncoder().encode('{'), want: [] },
  ]
  for (const { name, line: bytes, want } of table)
    it(name, () => {
      const found = schema.artifactsOf?.(bytes) ?? []
      expect(found.map(({ path, algo, text: value }) => `${path} ${algo} ${value}`)).toEqual(want)
    })

  it('is nothing at all when no event has any', () => {
    const plain = defineSchema({ name: 'a', version: '1.0.0', events: { note: event(z.looseObject({})) } })
    expect(plain.artifactsOf).toBeUndefined()
  })
})

describe('a whole reference', () => {
  const table: readonly { algo: 'sha256' | 'sha1' | 'cid'; text: string | undefined; want: string | undefined }[] = [
    { algo: 'sha256', text: sha256, want: `sha256:${sha256}` },
    { algo: 'sha256', text: `sha256:${sha256}`, want: `sha256:${sha256}` },
    { algo: 'sha256', text: `blake3:${sha256}`, want: undefined },
    { algo: 'sha256', text: sha256.slice(1), want: undefined },
    { algo: 'sha1', text: sha256.slice(24), want: `sha1:${sha256.slice(24)}` },
    { algo: 'cid', text: 'cid:bafy', want: 'cid:bafy' },
    { algo: 'cid', text: 'bafy', want: 'cid:bafy' },
    { algo: 'cid', text: 'cid:', want: undefined },
    { algo: 'cid', text: 'cid:Qm...a1', want: undefined },
    { algo: 'cid', text: undefined, want: undefined },
  ]
  for (const { algo, text: value, want } of table)
    it(`${algo} ${value}`, () => expect(wholeReference({ algo, text: value })).toBe(want))
})
