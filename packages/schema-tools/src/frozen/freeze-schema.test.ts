import { worldEvents } from '@ledgerd/schema-world-events'
import { describe, expect, it } from 'vitest'
import { freezeSchema } from './freeze-schema.ts'
import { formatFrozen, parseFrozen } from './frozen-text.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { validateFrozen } from './validate-frozen.ts'

const frozen = freezeSchema(worldEvents)
const translation = {
  axis_snapshot: { demeanour: { label: 'warm', score: 0.5 } },
  channel: 'say',
  character_name: 'Mira Voss',
  ooc_input: 'hello',
  status: 'success',
  ic_output: 'Well met.',
}

describe('a frozen schema', () => {
  it('has the same digest each time', () => expect(freezeSchema(worldEvents).digest).toBe(frozen.digest))

  it('goes through text and back', () => {
    expect(parseFrozen(formatFrozen(frozen), 'x')).toEqual(frozen)
    expect(formatFrozen(parseFrozen(formatFrozen(frozen), 'x'))).toBe(formatFrozen(frozen))
  })

  for (const { name, change } of [
    { name: 'a changed name', change: (text: string) => text.replace('"name":"', '"name":"x') },
    { name: 'a changed limit', change: (text: string) => text.replace('"kind":"float"', '"kind":"int"') },
    { name: 'no JSON', change: (text: string) => text.slice(1) },
    { name: 'another format', change: (text: string) => text.replace('"format":1', '"format":2') },
    { name: 'null', change: () => 'null' },
  ])
    it(`is refused with ${name}`, () =>
      expect(() => parseFrozen(change(formatFrozen(frozen)), 'x')).toThrow('CONFIG_INVALID'))

  it('keeps its digest under another validator', () => {
    const text = formatFrozen({ ...frozen, validator: { name: 'zod', version: '4.9.9' } })
    expect(parseFrozen(text, 'x').digest).toBe(frozen.digest)
  })
})

describe('validation without the package', () => {
  for (const { name, type, version, value, want } of [
    { name: 'a good payload', type: 'chat.translation', version: 1, value: translation, want: 'valid' },
    {
      name: 'a member that is not known',
      type: 'chat.translation',
      version: 1,
      value: { ...translation, more: 1 },
      want: 'valid',
    },
    {
      name: 'a wrong member',
      type: 'chat.translation',
      version: 1,
      value: { ...translation, ic_output: null },
      want: 'invalid',
    },
    {
      name: 'a version that is not there',
      type: 'chat.translation',
      version: 2,
      value: translation,
      want: 'undeclared',
    },
    { name: 'a type that is not there', type: 'weather.changed', version: 1, value: {}, want: 'undeclared' },
    { name: 'a name of Object', type: 'constructor', version: 1, value: {}, want: 'undeclared' },
    { name: 'no object', type: 'chat.translation', version: 1, value: [], want: 'invalid' },
  ])
    it(`${name} is ${want}`, () => expect(validateFrozen(frozen, type, version, value).state).toBe(want))

  it('points to what is wrong in the branch that was meant', () => {
    const { issues } = validateFrozen(frozen, 'chat.translation', 1, { ...translation, ic_output: 7 })
    expect(issues).toEqual([{ path: '/ic_output', message: 'Must be text, is a finite number' }])
  })
})

describe('JSON Schema', () => {
  it('says what the frozen form says', () => {
    const resolution = frozen.events['chat.mechanical_resolution']?.[0]
    const schema = jsonSchemaOf(resolution!.node) as Record<string, Record<string, unknown>>
    expect(schema['required']).toEqual(['axis_snapshot_before', 'channel', 'grammar_version', 'listener', 'speaker'])
    expect(schema['properties']?.['channel']).toEqual({ enum: ['say', 'whisper', 'yell'] })
  })
})
