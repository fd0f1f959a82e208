import { sha256Hex } from '@ledgerd/canonical'
import { describe, expect, it } from 'vitest'
import { openChecker } from './checker.ts'
import { encodeDraft } from './draft-text.ts'
import { ipcHash } from './ipc-hash.ts'
import { openWriter } from './writer.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
let count = 0

/** A sealed line of world `inn`; what is given replaces parts of the draft. */
function seal(draft: {
  type?: string
  data?: unknown
  link?: string | null
  meta?: Record<string, unknown>
  id?: string
}): string {
  const writer = openWriter({ ledger: 'inn' })
  const id = draft.id ?? (++count).toString(16).padStart(32, '0')
  const admitted = writer.admit(encoder.encode(encodeDraft({ type: 'axis.manual_override', data: {}, ...draft, id })))
  const target = new Uint8Array(admitted.lineBytesMax)
  return decoder.decode(target.subarray(0, writer.seal(admitted, { seq: 0, timeMs: 1_772_202_181_452 }, target, 0) - 1))
}

/** `severity code path` of every finding, line by line. */
function findingsOf(lines: readonly string[], level: 'lines' | 'schema' = 'schema'): string[][] {
  const checker = openChecker({ ledger: 'worlds/inn', level })
  return lines.map((line, index) =>
    checker
      .check(encoder.encode(line), { line: index + 1, offset: 0 })
      .findings.map(({ severity, code, path }) => [severity, code, path].filter(Boolean).join(' ')),
  )
}

describe('the envelope', () => {
  const good = seal({ data: { a: 1 } })
  // Edits break the checksum, so that finding is left out here.
  const cases = [
    { name: 'a good line', line: good, want: [] },
    { name: 'CR LF', line: `${good}\r`, want: ['W crlf'] },
    { name: 'a missing member', line: good.replace('"meta": {}, ', ''), want: ['E missing-field /meta'] },
    { name: 'a tenth member', line: good.replace('"meta"', '"m/x": 1, "meta"'), want: ['W unknown-field /m~1x'] },
    {
      name: 'an odd event id',
      line: good.replace(/"event_id": "[^"]+"/, '"event_id": "turn 7"'),
      want: ['W event-id-format /event_id'],
    },
    {
      name: 'an empty event id',
      line: good.replace(/"event_id": "[^"]+"/, '"event_id": ""'),
      want: ['E blank-field /event_id'],
    },
    {
      name: 'an event id that is a number',
      line: good.replace(/"event_id": "[^"]+"/, '"event_id": 7'),
      want: ['E wrong-type /event_id'],
    },
    { name: 'another world', line: good.replace('"inn"', '"out"'), want: ['E world-mismatch /world_id'] },
    { name: 'a blank world', line: good.replace('"inn"', '" "'), want: ['E blank-field /world_id'] },
    {
      name: 'a type without a dot',
      line: good.replace('axis.manual_override', 'override'),
      want: ['W event-type-format /event_type', 'I unknown-event-type /event_type'],
    },
    {
      name: 'an unknown type',
      line: good.replace('axis.manual_override', 'weather.changed'),
      want: ['I unknown-event-type /event_type'],
    },
    {
      name: 'another version',
      line: good.replace('"1.0"', '"2.0"').replace('axis.manual_override', 'chat.translation'),
      want: ['W schema-version-unsupported /schema_version'],
    },
    { name: 'a version that is a number', line: good.replace('"1.0"', '1.0'), want: ['E wrong-type /schema_version'] },
    { name: 'no zone', line: good.replace('452Z', '452'), want: ['E timestamp-no-zone /timestamp'] },
    {
      name: 'the 30th of February',
      line: good.replace('2026-02-27', '2026-02-30'),
      want: ['E timestamp-invalid /timestamp'],
    },
    {
      name: 'a time that is a number',
      line: good.replace(/"timestamp": "[^"]+"/, '"timestamp": 7'),
      want: ['E timestamp-invalid /timestamp'],
    },
    {
      name: 'a prefixed link',
      line: good.replace('"ipc_hash": null', '"ipc_hash": "sha256:00"'),
      want: ['E ipc-hash-format /ipc_hash'],
    },
    {
      name: 'a link that is a number',
      line: good.replace('"ipc_hash": null', '"ipc_hash": 0'),
      want: ['E wrong-type /ipc_hash'],
    },
    { name: 'data that is an array', line: good.replace('{"a": 1}', '[1]'), want: ['E wrong-type /data'] },
    { name: 'meta that is null', line: good.replace('"meta": {}', '"meta": null'), want: ['E wrong-type /meta'] },
    {
      name: 'a repeated key deep inside',
      line: good.replace('{"a": 1}', '{"a": 1, "b": {"c": 1, "c": 1}}'),
      want: ['E duplicate-key /data/b/c'],
    },
  ]
  for (const { name, line, want } of cases)
    it(name, () => {
      const found = findingsOf([line])[0]?.filter((finding) => !/checksum-mismatch|not-canonical/.test(finding))
      expect(found).toEqual(want)
    })

  it('reports all findings of a line at once', () => {
    const line = good.replace('452Z', '452').replace('"inn"', '"out"').replace('"meta": {}', '"meta": 1')
    expect(findingsOf([line])[0]).toEqual([
      ...['E checksum-mismatch', 'E timestamp-no-zone /timestamp', 'E world-mismatch /world_id', 'E wrong-type /meta'],
    ])
  })
})

describe('the version of the payload', () => {
  const info = 'I event-version-unknown /meta/data_version'
  const cases = [
    { name: 'none', meta: '{"a": 1}', want: ['W payload-invalid /data'] },
    { name: 'the first', meta: '{"data_version": 1}', want: ['W payload-invalid /data'] },
    { name: 'one to come', meta: '{"data_version": 2}', want: [info] },
    { name: 'none that can be', meta: '{"data_version": null}', want: [info] },
    { name: 'the word deeper down', meta: '{"a": {"data_version": 2}}', want: ['W payload-invalid /data'] },
  ]
  for (const { name, meta, want } of cases)
    it(name, () => {
      const line = seal({}).replace('axis.manual_override', 'chat.translation').replace('"meta": {}', `"meta": ${meta}`)
      const found = findingsOf([line])[0]?.filter((finding) => !finding.includes('checksum-mismatch'))
      expect(new Set(found?.map((finding) => finding.replace(/(?<=\/data)\/\w+$/, '')))).toEqual(new Set(want))
      expect(findingsOf([line], 'lines')[0]).toEqual(['E checksum-mismatch'])
    })
})

describe('the envelope under a checksum that holds', () => {
  const good = seal({ data: { a: 1 } })
  const cases = [
    {
      name: 'a type without a dot',
      line: good.replace('axis.manual_override', 'override'),
      want: ['W event-type-format /event_type', 'I unknown-event-type /event_type'],
    },
    { name: 'an empty type', line: good.replace('axis.manual_override', ''), want: ['E blank-field /event_type'] },
    {
      name: 'an odd event id',
      line: good.replace(/"event_id": "[^"]+"/, '"event_id": "turn 7"'),
      want: ['W event-id-format /event_id'],
    },
    { name: 'another world', line: good.replace('"inn"', '"out"'), want: ['E world-mismatch /world_id'] },
    {
      name: 'another version',
      line: good.replace('"1.0"', '"1.1"'),
      want: ['W schema-version-unsupported /schema_version'],
    },
    { name: 'no zone', line: good.replace('452Z', '452'), want: ['E timestamp-no-zone /timestamp'] },
    { name: 'a tenth member', line: good.replace('"meta"', '"ipd": 1, "meta"'), want: ['W unknown-field /ipd'] },
    { name: 'a missing member', line: good.replace('"meta": {}, ', ''), want: ['E missing-field /meta'] },
    {
      name: 'a link in upper case',
      line: good.replace('"ipc_hash": null', `"ipc_hash": "${'A'.repeat(64)}"`),
      want: ['E ipc-hash-format /ipc_hash'],
    },
    {
      name: 'a link that is false',
      line: good.replace('"ipc_hash": null', '"ipc_hash": false'),
      want: ['E wrong-type /ipc_hash'],
    },
    { name: 'data that is a string', line: good.replace('{"a": 1}', '"a"'), want: ['E wrong-type /data'] },
  ]
  for (const { name, line, want } of cases)
    it(name, () => {
      const body = `{${line.slice(line.indexOf('"data"'))}`
      const sealed = line.replace(/sha256:[0-9a-f]{64}/, `sha256:${sha256Hex(body)}`)
      expect(findingsOf([sealed])).toEqual([want])
    })
})

describe('the checksum', () => {
  const good = seal({})
  const cases = [
    { name: 'absent', line: good.replace(/"_checksum": "[^"]+", /, ''), want: ['E checksum-missing'] },
    { name: 'without prefix', line: good.replace('sha256:', ''), want: ['E checksum-format /_checksum'] },
    {
      name: 'null',
      line: good.replace(/"_checksum": "[^"]+"/, '"_checksum": null'),
      want: ['E checksum-format /_checksum'],
    },
    {
      name: 'of something else',
      line: good.replace(/sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`),
      want: ['E checksum-mismatch'],
    },
    {
      name: 'cut short',
      line: good.replace(/[0-9a-f]", "data"/, '", "data"'),
      want: ['E checksum-format /_checksum', 'E checksum-mismatch'],
    },
  ]
  for (const { name, line, want } of cases)
    it(name, () => {
      expect(findingsOf([line])).toEqual([want])
      expect(findingsOf([line], 'lines')).toEqual([want])
    })
})

describe('no record at all', () => {
  const cases = [
    ...[
      ['null', 'E not-an-object'],
      ['"text"', 'E not-an-object'],
      ['[]', 'E not-an-object'],
      ['7', 'E not-an-object'],
    ],
    ...[
      ['{', 'E json-invalid'],
      ['{"a": 01}', 'E json-invalid'],
      ['{}{}', 'E glued-records'],
      ['\0', 'E nul-bytes'],
    ],
    ...[
      ['\ufeff{}', 'E bom'],
      [`{"a": ${'9'.repeat(4301)}}`, 'E number-too-long'],
      ['['.repeat(100_000), 'E too-deep'],
    ],
  ] as const
  for (const [line, want] of cases)
    it(JSON.stringify(line.slice(0, 20)), () => expect(findingsOf([line])).toEqual([[want]]))
})

const state = {
  world_id: 'inn',
  speaker_id: 7,
  listener_id: 12,
  channel: 'say',
  axis_snapshot_before: { '7': { demeanor: 0.5 }, '12': { demeanor: 0.25 } },
  grammar_version: '1.0',
}

function resolution(before: Record<string, Record<string, number>> = state.axis_snapshot_before, delta = 0): string {
  return seal({
    type: 'chat.mechanical_resolution',
    link: ipcHash({ ...state, axis_snapshot_before: before }),
    data: {
      axis_snapshot_before: before,
      channel: 'say',
      grammar_version: '1.0',
      listener: { axis_deltas: {}, character_id: 12, character_name: 'Kael Rhys' },
      speaker: { axis_deltas: delta === 0 ? {} : { demeanor: delta }, character_id: 7, character_name: 'Mira Voss' },
    },
  })
}

function translation(link: string | null = ipcHash(state), changes: Record<string, unknown> = {}): string {
  const data = {
    axis_snapshot: {},
    channel: 'say',
    character_name: 'Mira Voss',
    ic_output: null,
    ooc_input: '',
    status: 'fallback.api_error',
  }
  return seal({ type: 'chat.translation', link, data: { ...data, ...changes } })
}

describe('identities', () => {
  it('names the second of two equal ids, whatever stands between them', () => {
    const [a, b] = [seal({ id: 'a'.repeat(32) }), seal({ id: 'b'.repeat(32), data: { x: 1 } })]
    expect(findingsOf([a, b, a, b])).toEqual([
      [],
      [],
      ['E duplicate-event-id /event_id'],
      ['E duplicate-event-id /event_id'],
    ])
    expect(findingsOf([a, a], 'lines')).toEqual([[], []])
  })
})

describe('translations and resolutions', () => {
  const cases = [
    { name: 'a pair', lines: [resolution(), translation()], want: [[], []] },
    { name: 'a translation without counterpart', lines: [translation(null)], want: [[]] },
    { name: 'an orphan', lines: [translation()], want: [['W orphan-translation /ipc_hash']] },
    {
      name: 'one resolution claimed twice',
      lines: [resolution(), translation(), translation()],
      want: [[], [], ['W orphan-translation /ipc_hash']],
    },
    {
      name: 'the same state twice',
      lines: [resolution(), resolution(), translation(), translation()],
      want: [[], [], [], []],
    },
    {
      name: 'another speaker',
      lines: [resolution(), translation(undefined, { character_name: 'Kael Rhys' })],
      want: [[], ['W orphan-translation /ipc_hash']],
    },
    {
      name: 'another channel',
      lines: [resolution(), translation(undefined, { channel: 'yell' })],
      want: [[], ['W orphan-translation /ipc_hash']],
    },
    { name: 'a resolution without translation', lines: [resolution()], want: [[]] },
  ]
  for (const { name, lines, want } of cases) it(name, () => expect(findingsOf(lines)).toEqual(want))
})

describe('the state of the world', () => {
  const cases = [
    {
      name: 'goes on from where it was',
      lines: [resolution(undefined, 0.25), resolution({ '7': { demeanor: 0.75 }, '12': { demeanor: 0.25 } })],
      want: [[], []],
    },
    {
      name: 'within the tolerance',
      lines: [resolution(), resolution({ '7': { demeanor: 0.5 + 9e-10 }, '12': { demeanor: 0.25 } })],
      want: [[], []],
    },
    {
      name: 'has a gap',
      lines: [resolution(undefined, 0.25), resolution()],
      want: [[], ['W state-gap /data/axis_snapshot_before/7']],
    },
    {
      name: 'has two gaps',
      lines: [resolution(), resolution({ '7': { demeanor: 0 }, '12': { demeanor: 0 } })],
      want: [[], ['W state-gap /data/axis_snapshot_before/12', 'W state-gap /data/axis_snapshot_before/7']],
    },
    {
      name: 'an axis that was not there before',
      lines: [resolution(), resolution({ '7': { demeanor: 0.5, health: 1 }, '12': { demeanor: 0.25 } })],
      want: [[], []],
    },
    {
      name: 'an axis that is not there for a turn',
      lines: [resolution(), resolution({ '7': {}, '12': { demeanor: 0.25 } }), resolution()],
      want: [[], [], []],
    },
  ]
  for (const { name, lines, want } of cases) it(name, () => expect(findingsOf(lines)).toEqual(want))
})

describe('payloads', () => {
  it('warns of another shape, with the place', () => {
    const line = seal({ data: { status: 'success' } }).replace('axis.manual_override', 'chat.translation')
    const found = findingsOf([line])[0]?.filter((finding) => finding.includes('payload'))
    expect(found).toContain('W payload-invalid /data/ic_output')
  })

  it('names broken rules of a resolution', () => {
    const broken = resolution().replace('"demeanor": 0.5', '"demeanor": 1.5')
    expect(findingsOf([broken])[0]).toEqual([
      ...[
        'E checksum-mismatch',
        'E axis-out-of-range /data/axis_snapshot_before/7/demeanor',
        'E ipc-hash-mismatch /ipc_hash',
      ],
    ])
    const unlinked = resolution().replace(/"ipc_hash": "[^"]+"/, '"ipc_hash": null')
    expect(findingsOf([unlinked])[0]).toEqual(['E checksum-mismatch', 'E ipc-hash-missing /ipc_hash'])
  })

  it('stays small and quick when thousands of places are wrong', () => {
    const axes = (count: number, prefix: string): string =>
      Array.from({ length: count }, (_, i) => `"${prefix}${String(i).padStart(6, '0')}": 2.0`).join(', ')
    const before = resolution().replace('"demeanor": 0.5', axes(20_000, 'a'))
    expect(findingsOf([before])[0]).toHaveLength(2 + 16)
    const strays = resolution(undefined, 0.25).replace(
      '"demeanor": 0.25}, "character_id": 7',
      `${axes(20_000, 'b')}}, "character_id": 7`,
    )
    expect(findingsOf([strays])[0]).toHaveLength(1 + 16)
    const fields = seal({}).replace('"meta"', `${axes(20_000, 'f')}, "meta"`)
    expect(findingsOf([fields])[0]?.filter((finding) => finding.includes('unknown-field'))).toHaveLength(16)
  })

  it('says the same of a line in another spelling', () => {
    const respelled = JSON.stringify(JSON.parse(resolution()))
    expect(findingsOf([respelled])[0]).toEqual(['I not-canonical'])
  })
})
