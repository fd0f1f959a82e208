import { LedgerError } from '@ledgerd/schema'
import type { DataIn, TypeName } from '@ledgerd/schema'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { worldEvents } from './index.ts'

const id = '0123456789abcdef0123456789abcdef'
type Events = (typeof worldEvents)['events']
type Translation = DataIn<Events, 'chat.translation'>

const spoken = {
  axis_snapshot: { health: { label: 'hale', score: 1 } },
  channel: 'say',
  character_name: 'Mira Voss',
  ooc_input: 'hi',
}

describe('types', () => {
  it('know the declared events', () => {
    expectTypeOf<TypeName<Events>>().toEqualTypeOf<'chat.translation' | 'chat.mechanical_resolution'>()
    // @ts-expect-error An unknown type is a compile error.
    const type: TypeName<Events> = 'chat.translated'
    expect(Object.keys(worldEvents.events)).not.toContain(type)
  })

  it('tie the output to the status', () => {
    const success: Translation = { ...spoken, status: 'success', ic_output: 'Well met.' }
    const fallback: Translation = { ...spoken, status: 'fallback.api_error', ic_output: null }
    // @ts-expect-error A fallback has no output.
    const wrong: Translation = { ...spoken, status: 'fallback.api_error', ic_output: 'Well met.' }
    // @ts-expect-error Success has one.
    const silent: Translation = { ...spoken, status: 'success', ic_output: null }
    const isValid = (data: unknown): boolean => worldEvents.events['chat.translation'].model.safeParse(data).success
    expect([success, fallback, wrong, silent].map(isValid)).toEqual([true, true, false, false])
  })
})

describe('encodeDraft', () => {
  it('writes canonical text with numbers as declared', () => {
    const data = { ...spoken, status: 'success', ic_output: 'é' }
    expect(worldEvents.encodeDraft({ type: 'chat.translation', id, data })).toBe(
      `{"data": {"axis_snapshot": {"health": {"label": "hale", "score": 1.0}}, "channel": "say", "character_name": "Mira Voss", "ic_output": "é", "ooc_input": "hi", "status": "success"}, "id": "${id}", "link": null, "meta": {}, "type": "chat.translation"}`,
    )
  })

  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  let deep: unknown = {}
  for (let i = 0; i < 100; i++) deep = { deep }
  const cases: { name: string; data: unknown; path: string; reason: string }[] = [
    { name: 'NaN', data: { a: [Number.NaN] }, path: '/data/a/0', reason: 'non-finite-number' },
    { name: 'a lone surrogate', data: { a: '\ud800' }, path: '/data/a', reason: 'lone-surrogate' },
    { name: 'a lone surrogate in a key', data: { '\udfff': 1 }, path: '/data', reason: 'lone-surrogate' },
    { name: 'a function', data: { 'a/b': () => 1 }, path: '/data/a~1b', reason: 'unsupported' },
    { name: 'a set', data: { a: new Set() }, path: '/data/a', reason: 'unsupported' },
    { name: 'bytes', data: { a: new Uint8Array(1) }, path: '/data/a', reason: 'unsupported' },
    { name: 'a circle', data: circular, path: '/data/self', reason: 'cycle' },
    { name: 'depth', data: deep, path: '/data/deep', reason: 'too-deep' },
    { name: '__proto__', data: JSON.parse('{"__proto__": 1}'), path: '/data/__proto__', reason: 'proto-key' },
  ]
  for (const { name, data, path, reason } of cases)
    it(`refuses ${name}`, () => {
      let refused: unknown
      try {
        worldEvents.encodeDraft({ type: 'weather.changed', id, data })
      } catch (error) {
        refused = error
      }
      expect(refused).toBeInstanceOf(LedgerError)
      expect(refused).toMatchObject({ code: 'VALUE_REFUSED', details: { reason } })
      expect((refused as LedgerError).details['path']).toSatisfy((found: string) => found.startsWith(path))
    })
})

describe('validate', () => {
  const data = { ...spoken, status: 'success', ic_output: 'x' }
  const cases: { name: string; draft: Parameters<typeof worldEvents.validate>[0]; want: readonly string[] }[] = [
    { name: 'a good draft', draft: { type: 'chat.translation', data }, want: [] },
    { name: 'an undeclared type', draft: { type: 'weather.changed', data: { any: 1 } }, want: [] },
    { name: 'a reserved type', draft: { type: 'axis.manual_override', data: {} }, want: [] },
    {
      name: 'a wrong payload',
      draft: { type: 'chat.translation', data: { ...data, ic_output: null } },
      want: ['/data/ic_output'],
    },
    {
      name: 'a version that is not the newest',
      draft: { type: 'chat.translation', data, meta: { data_version: 2 } },
      want: ['/meta/data_version'],
    },
    { name: 'the newest version', draft: { type: 'chat.translation', data, meta: { data_version: 1n } }, want: [] },
    { name: 'data that is no object', draft: { type: 'weather.changed', data: [] }, want: ['/data'] },
    { name: 'a wrong type name', draft: { type: 'Weather', data: {} }, want: ['/type'] },
    {
      name: 'a wrong id and link',
      draft: { type: 'weather.changed', data: {}, id: 'x', link: 'y' },
      want: ['/id', '/link'],
    },
    {
      name: 'a resolution without link',
      draft: { type: 'chat.mechanical_resolution', data: {} },
      want: [
        '/link',
        '/data/axis_snapshot_before',
        '/data/channel',
        '/data/grammar_version',
        '/data/listener',
        '/data/speaker',
      ],
    },
  ]
  for (const { name, draft, want } of cases)
    it(name, () => {
      let issues: readonly { readonly path: string }[] = []
      try {
        worldEvents.validate(draft)
      } catch (error) {
        expect(error).toMatchObject({ code: 'SCHEMA_INVALID' })
        issues = (error as LedgerError).details['issues'] as typeof issues
      }
      expect(issues.map((issue) => issue.path)).toEqual(want)
    })
})

describe('profileOf', () => {
  const cases = [
    { name: 'nothing', input: {}, want: { profile: 'seed' } },
    { name: 'both only', input: { both: 9 }, want: { profile: 'seed' } },
    { name: 'python', input: { both: 9, python: 1 }, want: { profile: 'original' } },
    { name: 'python-ascii', input: { both: 9, 'python-ascii': 1 }, want: { profile: 'seed' } },
    { name: 'both kinds', input: { python: 5, 'python-ascii': 1 }, want: { conflict: 'checksum-variant-conflict' } },
  ]
  for (const { name, input, want } of cases)
    it(name, () => expect(worldEvents.profileOf(new Map(Object.entries(input)))).toEqual(want))
})

describe('deriveEventId', () => {
  it('is the first half of a hash that any language can take', () => {
    // printf 'ledgerd/key\nworlds/inn\nturn-1' | sha256sum
    expect(worldEvents.deriveEventId('worlds/inn', 'turn-1')).toBe('7189d014a33a9032bcb720e363b7676c')
  })
})
