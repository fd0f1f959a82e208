import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import * as z from 'zod'
import { admitText, bytesOf, checkLine, errorOf, ledger, sealDraft, timeMs } from '../../test/line-desk.ts'
import { rooms } from '../../test/rooms-schema.ts'
import type { Draft } from '../contract.ts'
import type { DataIn, DataOut, TypeName } from '../event.ts'
import { event } from '../event.ts'
import { int, text } from '../field.ts'
import { memberNode, plainValue } from '../record/member-node.ts'
import { defineSchema } from './define-schema.ts'

const id = '0123456789abcdef'.repeat(2)
const opened = { type: 'door.opened', id, data: { door: 7, by: 'Mira Voss' } }
const lit = { type: 'light.changed', id, data: { room: 'hall', level: 1 } }

describe('the default envelope', () => {
  const lines: { name: string; input: Draft & { readonly id: string }; want: string }[] = [
    {
      name: 'a draft without link and meta',
      input: opened,
      want: `{"data": {"by": "Mira Voss", "door": 7}, "id": "${id}", "link": null, "meta": {}, "time": "2026-02-27T14:23:01.452Z", "type": "door.opened"}`,
    },
    {
      name: 'link, meta, a float and text beyond ASCII',
      input: { ...opened, link: 'turn—1', meta: { b: 1, a: 'ü' }, data: { by: '💡', door: 1, force: 2 } },
      want: `{"data": {"by": "💡", "door": 1, "force": 2.0}, "id": "${id}", "link": "turn—1", "meta": {"a": "ü", "b": 1}, "time": "2026-02-27T14:23:01.452Z", "type": "door.opened"}`,
    },
    {
      name: 'a type in its second version',
      input: { ...lit, meta: { z: true } },
      want: `{"data": {"level": 1.0, "room": "hall"}, "id": "${id}", "link": null, "meta": {"data_version": 2, "z": true}, "time": "2026-02-27T14:23:01.452Z", "type": "light.changed"}`,
    },
    {
      name: 'a version that the caller names, too',
      input: { ...lit, meta: { data_version: 2 } },
      want: `{"data": {"level": 1.0, "room": "hall"}, "id": "${id}", "link": null, "meta": {"data_version": 2}, "time": "2026-02-27T14:23:01.452Z", "type": "light.changed"}`,
    },
    {
      name: 'version 1 named by the caller, which lines leave out',
      input: { ...opened, meta: { data_version: 1 } },
      want: `{"data": {"by": "Mira Voss", "door": 7}, "id": "${id}", "link": null, "meta": {}, "time": "2026-02-27T14:23:01.452Z", "type": "door.opened"}`,
    },
  ]
  for (const { name, input, want } of lines)
    it(`writes ${name}`, () => {
      const line = sealDraft(rooms, input)
      expect(line).toBe(want)
      expect(checkLine(rooms, line)).toEqual({ findings: [], variant: 'python', eventId: id, type: input.type })
    })

  it('gives back what was written, whatever the data is', () => {
    const door = fc.record({ door: fc.maxSafeInteger(), by: fc.string({ unit: 'grapheme' }), extra: jsonValue() })
    fc.assert(
      fc.property(door, fc.dictionary(plainKey(), jsonValue()), (data, meta) => {
        fc.pre(!('data_version' in meta))
        const line = sealDraft(rooms, { ...opened, data, meta })
        expect(checkLine(rooms, line).findings.filter(({ severity }) => severity === 'E')).toEqual([])
        const event = rooms.decode(bytesOf(line))
        expect(event).toEqual({
          ...{ eventId: id, type: 'door.opened', version: 1, link: null },
          ...{ time: '2026-02-27T14:23:01.452Z', meta, data },
        })
        expect(rooms.eventIdOf(bytesOf(line))).toBe(id)
        expect(rooms.routeOf(bytesOf(line))).toMatchObject({ type: 'door.opened', link: null })
        expect(rooms.timeMsOf(bytesOf(line))).toBe(timeMs)
      }),
    )
  })

  it('shows every truncation of a line', () => {
    const line = bytesOf(sealDraft(rooms, lit))
    for (let end = 0; end < line.length; end++)
      expect(checkLine(rooms, line.subarray(0, end)).findings.map(({ severity }) => severity)).toContain('E')
  })

  it('reads no two lines that differ in a byte as the same event without a word', () => {
    const line = bytesOf(sealDraft(rooms, { ...opened, data: { door: 7, by: 'Ö', force: 0.5 }, link: 't' }))
    const same = rooms.decode(line)
    let unsaid = 0
    fc.assert(
      fc.property(fc.nat(line.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = line.slice()
        changed[at] = changed[at]! ^ difference
        if (checkLine(rooms, changed).findings.length > 0) return
        unsaid++
        expect(rooms.decode(changed)).not.toEqual(same)
      }),
      { numRuns: 2000 },
    )
    expect(unsaid).toBeGreaterThan(20)
  })
})

describe('drafts that are refused', () => {
  const cases: { name: string; input: Record<string, unknown>; code: string; path: string | undefined }[] = [
    { name: 'an id that is not 32 hex digits', input: { id: 'A'.repeat(32) }, code: 'SCHEMA_INVALID', path: '/id' },
    {
      name: 'an older version in meta',
      input: { ...lit, meta: { data_version: 1 } },
      code: 'SCHEMA_INVALID',
      path: '/meta/data_version',
    },
    {
      name: 'a version that is a float',
      input: { ...lit, meta: { data_version: 2.5 } },
      code: 'SCHEMA_INVALID',
      path: '/meta/data_version',
    },
    { name: 'an unknown type', input: { type: 'door.closed' }, code: 'SCHEMA_INVALID', path: undefined },
    { name: 'a payload of another shape', input: { data: { door: 'x' } }, code: 'SCHEMA_INVALID', path: undefined },
  ]
  for (const { name, input, code, path } of cases)
    it(name, () => {
      const draft = { ...opened, ...input }
      const error = errorOf(() => admitText(rooms, rooms.encodeDraft(draft)))
      expect(error.code).toBe(code)
      if (path !== undefined) expect(error.details).toMatchObject({ path, issues: [{ path }] })
      expect(errorOf(() => rooms.validate(draft)).code).toBe(code)
    })
})

describe('stored lines that are wrong', () => {
  const line = sealDraft(rooms, opened)
  const cases: { name: string; input: string; want: readonly (readonly [code: string, path?: string])[] }[] = [
    { name: 'a missing member', input: line.replace('"link": null, ', ''), want: [['missing-field', '/link']] },
    {
      name: 'a member too many',
      input: line.replace('"type"', '"time2": 1, "type"'),
      want: [['unknown-field', '/time2']],
    },
    { name: 'an id in upper case', input: line.replace(id, id.toUpperCase()), want: [['event-id-format', '/id']] },
    { name: 'a link that is a number', input: line.replace('null', '1'), want: [['wrong-type', '/link']] },
    { name: 'data that is a list', input: line.replace(/\{"by".*?\}/, '[]'), want: [['wrong-type', '/data']] },
    { name: 'a time without milliseconds', input: line.replace('.452Z', 'Z'), want: [['timestamp-invalid', '/time']] },
    { name: 'a time without a zone', input: line.replace('452Z', '452'), want: [['timestamp-no-zone', '/time']] },
    {
      name: 'a blank type',
      input: line.replace('door.opened', ' '),
      want: [
        ['blank-field', '/type'],
        ['unknown-event-type', '/type'],
      ],
    },
    {
      name: 'a version that is text',
      input: line.replace('"meta": {}', '"meta": {"data_version": "1"}'),
      want: [['wrong-type', '/meta/data_version']],
    },
    {
      name: 'a version to come',
      input: line.replace('"meta": {}', '"meta": {"data_version": 3}'),
      want: [['event-version-unknown', '/meta/data_version']],
    },
    { name: 'a payload of another shape', input: line.replace('7', '"7"'), want: [['payload-invalid', '/data/door']] },
    { name: 'blanks that are not canonical', input: line.replace(', "link"', ',"link"'), want: [['not-canonical']] },
    { name: 'CR LF', input: `${line}\r`, want: [['crlf']] },
    {
      name: 'a repeated key',
      input: line.replace('"link": null', '"link": null, "link": null'),
      want: [['duplicate-key', '/link'], ['not-canonical']],
    },
    { name: 'NaN', input: line.replace('7', 'NaN'), want: [['json-invalid']] },
    {
      name: 'a number that overflows',
      input: line.replace('"door": 7', '"door": 7, "f": 1e400'),
      want: [['non-finite-number', '/data/f'], ['not-canonical']],
    },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const found = checkLine(rooms, input).findings
      expect(found.map(({ code, path }) => (path === undefined ? [code] : [code, path]))).toEqual(want)
    })
})

describe('a rule of the team', () => {
  it('is one at admission and in verify', () => {
    const rules = rooms.openRules!({ ledger })
    const line = sealDraft(rooms, opened)
    rules.replay(bytesOf(line))
    const again = admitText(rooms, rooms.encodeDraft({ ...opened, id: 'b'.repeat(32) }))
    const error = errorOf(() => rules.take(again, { seq: 1, timeMs }))
    expect(error).toMatchObject({
      code: 'INVARIANT_VIOLATED',
      details: { rule: 'R1_ONCE', code: 'door-open', path: '/data/door' },
    })
    const checker = rooms.openChecker({ ledger })
    checker.check(bytesOf(line), { line: 1, offset: 0 })
    const { findings } = checker.check(bytesOf(line), { line: 2, offset: 200 })
    expect(findings.map(({ code, rule, line: at, offset }) => [code, rule, at, offset])).toEqual([
      ['duplicate-event-id', undefined, 2, 200],
      ['door-open', 'R1_ONCE', 2, 200],
    ])
  })

  it('forgets what is undone', () => {
    const rules = rooms.openRules!({ ledger })
    const draft = admitText(rooms, rooms.encodeDraft(opened))
    rules.take(draft, { seq: 0, timeMs }).undo()
    expect(rules.take(draft, { seq: 0, timeMs }).stamp).toEqual({ seq: 0, timeMs })
  })
})

describe('what a team says of one event alone', () => {
  const bells = defineSchema({
    name: '@team/ledger-bells',
    version: '1.0.0',
    events: { rung: event(z.looseObject({ bell: text(), times: int() })) },
    linkOf: (_, data) => String(plainValue(memberNode(data, 'bell')!)),
    judge: ({ link, data }) => [
      ...(Number(plainValue(memberNode(data, 'times')!)) > 12
        ? [
            {
              code: 'too-often',
              severity: 'E' as const,
              rule: 'R1_TWELVE',
              path: '/data/times',
              message: 'Twelve is all.',
            },
          ]
        : []),
      ...(link === 'great' ? [] : [{ code: 'small-bell', severity: 'W' as const, message: 'A small bell.' }]),
    ],
  })
  const rung = { type: 'rung', id, data: { bell: 'great', times: 3 } }

  it('links a draft that names no link', () => {
    expect(bells.decode(bytesOf(sealDraft(bells, rung))).link).toBe('great')
    expect(bells.decode(bytesOf(sealDraft(bells, { ...rung, link: 'own' }))).link).toBe('own')
  })

  it('refuses a draft, and finds the same in a stored line', () => {
    const often = { ...rung, data: { bell: 'great', times: 13 } }
    const wanted = {
      code: 'INVARIANT_VIOLATED',
      details: { rule: 'R1_TWELVE', code: 'too-often', path: '/data/times' },
    }
    expect(errorOf(() => bells.validate(often))).toMatchObject(wanted)
    expect(errorOf(() => admitText(bells, bells.encodeDraft(often)))).toMatchObject(wanted)
    const line = sealDraft(bells, rung).replace('"times": 3', '"times": 13')
    expect(checkLine(bells, line).findings).toMatchObject([{ code: 'too-often', rule: 'R1_TWELVE', line: 1 }])
    expect(checkLine(bells, line, 'lines').findings).toEqual([])
  })

  it('warns without refusing', () => {
    const line = sealDraft(bells, { ...rung, data: { bell: 'small', times: 1 } })
    expect(checkLine(bells, line).findings.map(({ code }) => code)).toEqual(['small-bell'])
  })
})

describe('the same content', () => {
  const stored = bytesOf(sealDraft(rooms, opened))
  const cases: { name: string; input: Partial<Draft>; want: boolean }[] = [
    { name: 'is the same draft at another time', input: {}, want: true },
    { name: 'is not other data', input: { data: { door: 8, by: 'Mira Voss' } }, want: false },
    { name: 'is not another link', input: { link: 'x' }, want: false },
    { name: 'is not other meta', input: { meta: { a: 1 } }, want: false },
    { name: 'is not another identity', input: { id: 'c'.repeat(32) }, want: false },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const writer = rooms.openWriter({ ledger })
      const admitted = writer.admit(bytesOf(rooms.encodeDraft({ ...opened, ...input })))
      expect(writer.isSameContent(admitted, stored)).toBe(want)
    })
})

describe('a definition', () => {
  it('gives drafts and events the types of its models', () => {
    type Events = typeof rooms.events
    expectTypeOf<TypeName<Events>>().toEqualTypeOf<'door.opened' | 'light.changed'>()
    expectTypeOf<DataIn<Events, 'light.changed'>['level']>().toEqualTypeOf<number>()
    expectTypeOf<DataOut<Events, 'door.opened'>['by']>().toEqualTypeOf<string>()
    // The first version is not what is written.
    expectTypeOf<{ room: string; isOn: boolean }>().not.toExtend<DataIn<Events, 'light.changed'>>()
  })

  const wrong: { name: string; run: () => unknown }[] = [
    { name: 'without events', run: () => defineSchema({ name: 'x', version: '1.0.0', events: {} }) },
    { name: 'without a name', run: () => defineSchema({ name: '', version: '1.0.0', events: { a: note } }) },
    {
      name: 'with an event name of blanks',
      run: () => defineSchema({ name: 'x', version: '1.0.0', events: { 'a b': note } }),
    },
    {
      name: 'with a loss event that is none',
      run: () => defineSchema({ name: 'x', version: '1.0.0', line: { loss: 'lost' }, events: { a: note } }),
    },
  ]
  for (const { name, run } of wrong) it(`is refused ${name}`, () => expect(run).toThrow('Invariant broken'))
})

const note = event(z.looseObject({ note: text() }))

/** `__proto__` is refused wherever it is a key. */
function plainKey(): fc.Arbitrary<string> {
  return fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__')
}

function jsonValue(): fc.Arbitrary<unknown> {
  return fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 }).filter((value) => !hasProtoKey(value))
}

function hasProtoKey(value: unknown): boolean {
  return JSON.stringify(value).includes('__proto__')
}
