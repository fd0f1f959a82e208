// What admission refuses, with code, place and reason.
import { describe, expect, it } from 'vitest'
import { admit, draftId, draftOf, innState, refusalOf, resolutionDraft } from '../conformance/inn-drafts.ts'
import { ipcHash } from './ipc-hash.ts'
import { openWriter } from './writer.ts'

const encoder = new TextEncoder()
const id = draftId

describe('VALUE_REFUSED', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  const cases = [
    { name: 'malformed JSON', input: '{"type": }', want: { reason: 'json-invalid', offset: 9 } },
    { name: 'two records', input: `${draftOf({})}${draftOf({})}`, want: { reason: 'glued-records' } },
    { name: 'byte order mark', input: `\ufeff${draftOf({})}`, want: { reason: 'bom', offset: 0 } },
    { name: 'NUL', input: `${draftOf({})}\0`, want: { reason: 'nul-bytes' } },
    {
      name: 'repeated key',
      input: draftOf({ data: '{"a": 1, "a": 2}' }),
      want: { reason: 'duplicate-key', path: '/data/a' },
    },
    {
      name: 'repeated key in another spelling',
      input: draftOf({ data: '{"a": 1, "\\u0061": 2}' }),
      want: { reason: 'duplicate-key', path: '/data/a' },
    },
    {
      name: '__proto__',
      input: draftOf({ data: '{"x": [{"__proto__": 1}]}' }),
      want: { reason: 'proto-key', path: '/data/x/0/__proto__' },
    },
    {
      name: 'escaped __proto__',
      input: draftOf({ meta: '{"\\u005f_proto__": 1}' }),
      want: { reason: 'proto-key', path: '/meta/__proto__' },
    },
    { name: 'NaN', input: draftOf({ data: '{"a": NaN}' }), want: { reason: 'non-finite-number', path: '/data/a' } },
    {
      name: 'overflow',
      input: draftOf({ data: '{"a": 1e400}' }),
      want: { reason: 'non-finite-number', path: '/data/a' },
    },
    {
      name: 'lone surrogate',
      input: draftOf({ data: '{"a": "\\ud800"}' }),
      want: { reason: 'lone-surrogate', path: '/data/a' },
    },
    { name: 'lone surrogate in a key', input: draftOf({ data: '{"\\udc00": 1}' }), want: { reason: 'lone-surrogate' } },
    { name: 'depth 65', input: draftOf({ data: `{"a": ${nested(63)}}` }), want: { reason: 'too-deep' } },
    {
      name: '4,301 digits',
      input: draftOf({ data: `{"a": ${'9'.repeat(4301)}}` }),
      want: { reason: 'number-too-long' },
    },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const { code, details } = refusalOf(() => admit(input))
      expect(code).toBe('VALUE_REFUSED')
      expect(details).toMatchObject(want)
      expect(details['offset']).toBeTypeOf('number')
    })

  it('invalid UTF-8', () => {
    const bytes = encoder.encode(draftOf({ data: '{"a": "?"}' }))
    bytes[bytes.indexOf(0x3f)] = 0xff
    const { code, details } = refusalOf(() => openWriter({ ledger: 'inn' }).admit(bytes))
    expect([code, details['reason']]).toEqual(['VALUE_REFUSED', 'invalid-utf8'])
  })

  it('takes what is just within the limits, and the text __proto__ as a value', () => {
    expect(admit(draftOf({ data: `{"a": ${nested(62)}}` })).type).toBe('weather.changed')
    expect(admit(draftOf({ data: `{"a": ${'9'.repeat(4300)}}` })).type).toBe('weather.changed')
    expect(admit(draftOf({ data: '{"a": "__proto__", "b__proto__": "\\"__proto__"}' })).type).toBe('weather.changed')
  })
})

describe('SCHEMA_INVALID', () => {
  const noText =
    '{"axis_snapshot": {}, "channel": "say", "character_name": "n", "ic_output": null, "ooc_input": "", "status": "success"}'
  const cases = [
    { name: 'an array', input: '[]', paths: [''] },
    { name: 'no type', input: `{"data": {}, "id": "${id}"}`, paths: ['/type'] },
    { name: 'no data', input: `{"type": "a.b", "id": "${id}"}`, paths: ['/data'] },
    { name: 'no id', input: '{"type": "a.b", "data": {}}', paths: ['/id'] },
    { name: 'data is an array', input: draftOf({ data: '[]' }), paths: ['/data'] },
    { name: 'upper-case id', input: draftOf({ id: `"${id.toUpperCase()}"` }), paths: ['/id'] },
    { name: 'short id', input: draftOf({ id: '"abc"' }), paths: ['/id'] },
    { name: 'id is a number', input: draftOf({ id: '1' }), paths: ['/id'] },
    { name: 'link with prefix', input: draftOf({ link: `"sha256:${'a'.repeat(64)}"` }), paths: ['/link'] },
    { name: 'link is true', input: draftOf({ link: 'true' }), paths: ['/link'] },
    { name: 'meta is null', input: draftOf({ meta: 'null' }), paths: ['/meta'] },
    { name: 'a member of its own', input: draftOf({ 'a/b': '1' }), paths: ['/a~1b'] },
    { name: 'type without a dot', input: draftOf({ type: '"weather"' }), paths: ['/type'] },
    { name: 'type in upper case', input: draftOf({ type: '"Weather.Changed"' }), paths: ['/type'] },
    {
      name: 'declared type behind a byte order mark',
      input: draftOf({ type: '"\ufeffchat.translation"' }),
      paths: ['/type'],
    },
    { name: 'blank type', input: draftOf({ type: '""' }), paths: ['/type'] },
    {
      name: 'success without text',
      input: draftOf({ type: '"chat.translation"', data: noText }),
      paths: ['/data/ic_output'],
    },
    {
      name: 'empty payload',
      input: draftOf({ type: '"chat.mechanical_resolution"' }),
      paths: [
        '/data/axis_snapshot_before',
        '/data/channel',
        '/data/grammar_version',
        '/data/listener',
        '/data/speaker',
      ],
    },
    {
      name: 'a fraction as character id',
      input: resolutionDraft({ speaker: { axis_deltas: {}, character_name: 'x' } }).replace(
        '"character_id": 7,',
        '"character_id": 7.5,',
      ),
      paths: ['/data/speaker/character_id'],
    },
    { name: 'a resolution without link', input: resolutionDraft({ link: null }), paths: ['/link'] },
    {
      name: 'a version of the payload that is not the newest',
      input: resolutionDraft({}).replace('"meta": {}', '"meta": {"data_version": 2}'),
      paths: ['/meta/data_version'],
    },
    {
      name: 'a version that is none',
      input: draftOf({ meta: '{"a": 1, "data_version": "2"}' }),
      paths: ['/meta/data_version'],
    },
    {
      name: 'a version in another spelling of the draft',
      input: resolutionDraft({}).replace('"meta": {}', '"meta":{"data\\u005fversion":0}'),
      paths: ['/meta/data_version'],
    },
  ]
  for (const { name, input, paths } of cases)
    it(name, () => {
      const { code, details } = refusalOf(() => admit(input))
      expect(code).toBe('SCHEMA_INVALID')
      const issues = details['issues'] as { path: string; message: string }[]
      expect(issues.map((issue) => issue.path).sort()).toEqual([...paths].sort())
      for (const issue of issues) expect(issue.message).not.toBe('')
    })
})

describe('a version in meta', () => {
  const cases = [
    { name: 'the newest', input: resolutionDraft({}).replace('"meta": {}', '"meta": {"data_version": 1}') },
    { name: 'any of a type that is not declared', input: draftOf({ meta: '{"data_version": 7}' }) },
    {
      name: 'the word at another place',
      input: resolutionDraft({}).replace('"meta": {}', '"meta": {"a": {"data_version": 2}}'),
    },
  ]
  for (const { name, input } of cases) it(`may be ${name}`, () => expect(admit(input).eventId).toBe(id))
})

it('says what a draft has when it has something else', () => {
  const { message } = refusalOf(() => admit(draftOf({}).replace('"id"', '"key": "k", "id"')))
  expect(message).toContain('/key: Taken over HTTP alone, as a string, and not beside an id.')
})

describe('INVARIANT_VIOLATED', () => {
  const cases = [
    {
      name: 'a bystander in the snapshot',
      input: resolutionDraft({ before: { ...innState.axis_snapshot_before, '9': {} } }),
      rule: 'snapshot-characters',
      path: '/data/axis_snapshot_before',
    },
    {
      name: 'no listener in the snapshot',
      input: resolutionDraft({ before: { '7': { demeanor: 0.5, health: 0.5 } } }),
      rule: 'snapshot-characters',
      path: '/data/axis_snapshot_before',
    },
    {
      name: 'a delta without an axis',
      input: resolutionDraft({ listener: { axis_deltas: { 'a/b': 0.1 } } }),
      rule: 'delta-axis-unknown',
      path: '/data/listener/axis_deltas/a~1b',
    },
    {
      name: 'a score over one',
      input: resolutionDraft({ before: { '7': { demeanor: 1.1, health: 1 }, '12': { demeanor: 0.5 } } }),
      rule: 'axis-out-of-range',
      path: '/data/axis_snapshot_before/7/demeanor',
    },
    {
      name: 'a result below zero',
      input: resolutionDraft({ listener: { axis_deltas: { demeanor: -0.6 } } }),
      rule: 'axis-out-of-range',
      path: '/data/listener/axis_deltas/demeanor',
    },
    {
      name: 'a hash of another state',
      input: resolutionDraft({ link: 'a'.repeat(64) }),
      rule: 'ipc-hash-mismatch',
      path: '/link',
    },
  ]
  for (const { name, input, rule, path } of cases)
    it(name, () => {
      const { code, details } = refusalOf(() => admit(input))
      expect(code).toBe('INVARIANT_VIOLATED')
      expect(details).toMatchObject({ rule, path })
    })

  it('says what the hash should be', () => {
    const { details, message } = refusalOf(() => admit(resolutionDraft({ link: 'a'.repeat(64) })))
    expect(details).toMatchObject({ expected: ipcHash(innState), found: 'a'.repeat(64) })
    expect(message).toContain('of the state before the turn in the world "inn"')
  })

  it('allows scores within the tolerance and characters that talk to themselves', () => {
    const alone = { ...innState, listener_id: 7, axis_snapshot_before: { '7': { demeanor: 0, health: 1 } } }
    const deltas = { demeanor: -9e-10, health: 9e-10 }
    const draft = resolutionDraft({
      before: alone.axis_snapshot_before,
      speaker: { axis_deltas: deltas },
      listener: { character_id: 7, axis_deltas: {} },
      link: ipcHash(alone),
    })
    expect(admit(draft).type).toBe('chat.mechanical_resolution')
  })
})
