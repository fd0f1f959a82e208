// The table of bad input (formats §3.4) at admission: every row that a draft can try is refused with its code, and
// nothing of a refused draft is written or remembered.
import { describe, expect, it } from 'vitest'
import { draftText, hash, refusalOf, runData, RunDesk } from '../conformance/run-desk.ts'

describe('drafts', () => {
  const invalid = (path: string): unknown => expect.objectContaining({ issues: [expect.objectContaining({ path })] })
  const cases: { name: string; input: string; code: string; details: unknown }[] = [
    ...Object.keys(runData()).map((key) => ({
      name: `no ${key}`,
      input: draftText(runData({ [key]: undefined })),
      code: 'SCHEMA_INVALID',
      details: invalid(`/data/${key}`),
    })),
    ...['null', '"x"', '[]'].map((text) => ({
      name: `data ${text}`,
      input: draftText(JSON.parse(text)),
      code: 'SCHEMA_INVALID',
      details: invalid('/data'),
    })),
    ...['null', '"x"', '[]'].map((input) => ({
      name: `the draft ${input}`,
      input,
      code: 'SCHEMA_INVALID',
      details: invalid(''),
    })),
    ...[
      { key: 'result_kind', value: 'EXECUTE' },
      { key: 'mode', value: 'plan' },
      { key: 'policy', value: null },
      { key: 'accepted', value: 'true' },
      { key: 'run_id', value: '' },
      { key: 'run_id', value: 7 },
      { key: 'intent_sha256', value: null },
      { key: 'intent_sha256', value: hash.slice(0, -1) },
      { key: 'intent_sha256', value: hash.toUpperCase() },
      { key: 'bundle_sha256', value: hash.slice('sha256:'.length) },
    ].map(({ key, value }) => ({
      name: `${key} ${JSON.stringify(value)}`,
      input: draftText(runData({ [key]: value })),
      code: 'SCHEMA_INVALID',
      details: invalid(`/data/${key}`),
    })),
    { name: 'an empty id', input: draftText(runData(), { id: '' }), code: 'SCHEMA_INVALID', details: invalid('/id') },
    ...['2026-01-05T10:00:00.000Z', '2026-01-05T10:00:00', '2026-02-30T00:00:00Z', 0].map((timestamp) => ({
      name: `the time ${timestamp}, for which the daemon answers`,
      input: draftText(runData({ timestamp })),
      code: 'SCHEMA_INVALID',
      details: expect.objectContaining({ code: 'timestamp-given', path: '/data/timestamp' }) as unknown,
    })),
    {
      name: 'a byte order mark',
      input: `\ufeff${draftText(runData())}`,
      code: 'VALUE_REFUSED',
      details: { reason: 'bom', offset: 0 },
    },
    {
      name: 'half a surrogate pair',
      input: draftText(runData({ zz: '\ud800' })),
      code: 'VALUE_REFUSED',
      details: expect.objectContaining({ reason: 'lone-surrogate', path: '/data/zz' }) as unknown,
    },
    {
      name: 'a repeated key',
      input: draftText(runData()).replace('"mode"', '"mode":"none","mode"'),
      code: 'VALUE_REFUSED',
      details: expect.objectContaining({ reason: 'duplicate-key', path: '/data/mode' }) as unknown,
    },
    {
      name: 'a torn draft',
      input: draftText(runData()).slice(0, 60),
      code: 'VALUE_REFUSED',
      details: expect.objectContaining({ reason: 'json-invalid' }) as unknown,
    },
    {
      name: 'two drafts on one line',
      input: draftText(runData()) + draftText(runData()),
      code: 'VALUE_REFUSED',
      details: expect.objectContaining({ reason: 'glued-records' }) as unknown,
    },
    {
      name: 'NaN in an unknown field',
      input: draftText(runData({ zz: 0 })).replace('"zz":0', '"zz":NaN'),
      code: 'VALUE_REFUSED',
      details: expect.objectContaining({ path: '/data/zz' }) as unknown,
    },
    {
      name: 'an integer that a double would round',
      input: draftText(runData({ zz: [0] })).replace('[0]', '[0,9007199254740993]'),
      code: 'SCHEMA_INVALID',
      details: expect.objectContaining({ code: 'number-not-kept', path: '/data/zz/1' }) as unknown,
    },
    {
      name: 'two run ids',
      input: draftText(runData({ run_id: 'run_b' }), { id: 'run_a' }),
      code: 'SCHEMA_INVALID',
      details: expect.objectContaining({ code: 'run-id-conflict', path: '/data/run_id' }) as unknown,
    },
    {
      name: 'a link',
      input: draftText(runData(), { link: 'x' }),
      code: 'SCHEMA_INVALID',
      details: expect.objectContaining({ code: 'link-not-kept', path: '/link' }) as unknown,
    },
    {
      name: 'meta',
      input: draftText(runData(), { meta: { a: 1 } }),
      code: 'SCHEMA_INVALID',
      details: expect.objectContaining({ code: 'meta-not-kept', path: '/meta' }) as unknown,
    },
    {
      name: 'another type',
      input: draftText(runData(), { type: 'walk' }),
      code: 'SCHEMA_INVALID',
      details: invalid('/type'),
    },
    {
      name: 'a run_id that an earlier entry has',
      input: draftText(runData(), { id: 'run_first' }),
      code: 'INVARIANT_VIOLATED',
      details: expect.objectContaining({
        rule: 'LD3_UNIQUE_RUN_IDS',
        code: 'duplicate-run-id',
        path: '/id',
        found: 'run_first',
      }) as unknown,
    },
    {
      name: 'a run_id in data that an earlier entry has',
      input: draftText(runData({ run_id: 'run_first' }), { id: 'a'.repeat(32) }),
      code: 'INVARIANT_VIOLATED',
      details: expect.objectContaining({ code: 'duplicate-run-id', path: '/data/run_id' }) as unknown,
    },
    {
      name: 'a mode of the other vocabulary',
      input: draftText(runData({ mode: 'plan-only' })),
      code: 'INVARIANT_VIOLATED',
      details: expect.objectContaining({
        rule: 'mode-vocabulary',
        path: '/data/mode',
        expected: 'seed',
        found: 'plan-only',
      }) as unknown,
    },
    {
      name: 'a line over the limit',
      input: draftText(runData({ zz: 'z'.repeat(70_000) })),
      code: 'LINE_TOO_LONG',
      details: expect.objectContaining({ lineBytesMax: 65_535 }) as unknown,
    },
  ]
  for (const { name, input, code, details } of cases)
    it(name, () => {
      const desk = new RunDesk()
      desk.append(draftText(runData(), { id: 'run_first' }))
      expect(refusalOf(() => desk.append(input))).toEqual({ code, details })
      expect(desk.lines).toHaveLength(1)
      // What was refused left nothing behind: the next draft may take the run id.
      expect(desk.append(draftText(runData()))).toContain('"run_id":"run_abc123"')
    })

  it('invalid UTF-8, also in an unknown field', () => {
    const bytes = Buffer.from(draftText(runData({ zz: '\u00ff' })), 'latin1')
    expect(refusalOf(() => new RunDesk().writer.admit(bytes))).toMatchObject({
      code: 'VALUE_REFUSED',
      details: { reason: 'invalid-utf8' },
    })
  })
})
