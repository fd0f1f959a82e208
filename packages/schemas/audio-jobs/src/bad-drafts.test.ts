// What of a bad window is judged without its meaning, and what drafts are told that the table of windows has no row for.
import { describe, expect, it } from 'vitest'
import { stored } from '../conformance/bad-windows.ts'
import { checkBytes } from '../conformance/check-file.ts'
import { altered, encodeDraft, hash, refusal, sampleWindow } from '../conformance/sample-window.ts'
import { audioJobs } from './audio-jobs.ts'

const encoder = new TextEncoder()

describe('at level lines', () => {
  const brief = (record: Readonly<Record<string, unknown>>): string[] =>
    checkBytes(encoder.encode(`${stored(record)}\n`), { level: 'lines' }).findings.map(({ code }) => code)

  it('form and digest are judged', () => {
    expect(brief(altered('env', 5))).toEqual(['wrong-type'])
    expect(brief(altered('request.lyrics_sha256', 'x'))).toEqual(['hash-format'])
    const sign = { sha256: hash, sig: `ed25519:${Buffer.alloc(64).toString('base64')}` }
    expect(brief({ ...sampleWindow, sign })).toEqual(['sign-digest-mismatch', 'sign-unchecked'])
  })

  it('what a record means is not', () => {
    for (const [at, value] of [
      ...[['phase', 'x'] as const, ['window_idx', 4] as const, ['engines.xtts', {}] as const],
      ...[['scores_after.spk_cos', 2] as const, ['request.lyrics_sha256', 'sha256:...'] as const],
    ])
      expect(brief(altered(at, value))).toEqual([])
  })
})

describe('drafts', () => {
  const row = { ts: 'any text', phase: 'review.loop#0' }
  const cases = [
    { name: 'a review row', draft: { type: 'review', data: row }, want: 'taken' },
    {
      name: 'a review row without time',
      draft: { type: 'review', data: { phase: 'x' } },
      want: 'SCHEMA_INVALID /data/ts',
    },
    {
      name: 'a review row that would be read as a window',
      draft: { type: 'review', data: { ...row, job_id: 'J' } },
      want: 'SCHEMA_INVALID kind-mismatch /data',
    },
    {
      name: 'a review row that would be read as a tool row',
      draft: { type: 'review', data: { ...row, t: 1 } },
      want: 'SCHEMA_INVALID kind-mismatch /data',
    },
    {
      name: 'a tool row',
      draft: { type: 'tool', data: { t: 1_767_225_600_000, tool_name: 'tts.speak' } },
      want: 'taken',
    },
    {
      name: 'a tool row in seconds with a fraction',
      draft: { type: 'tool', data: { t: 1.5 } },
      want: 'SCHEMA_INVALID /data/t',
    },
    { name: 'an unknown type', draft: { type: 'song', data: row }, want: 'SCHEMA_INVALID /type' },
    { name: 'meta', draft: { data: sampleWindow, meta: { by: 'x' } }, want: 'SCHEMA_INVALID meta-not-kept /meta' },
    { name: 'empty meta', draft: { data: sampleWindow, meta: {} }, want: 'taken' },
    { name: 'a link to its job', draft: { data: sampleWindow, link: 'J_abc123' }, want: 'taken' },
    {
      name: 'a link to another job',
      draft: { data: sampleWindow, link: 'J_other' },
      want: 'SCHEMA_INVALID link-not-kept /link',
    },
    {
      name: 'a review row with a link',
      draft: { type: 'review', data: row, link: 'J' },
      want: 'SCHEMA_INVALID link-not-kept /link',
    },
    {
      name: 'a line over the limit',
      draft: { data: altered('request.prompt', 'x'.repeat(65_535)) },
      want: 'LINE_TOO_LONG',
    },
  ]
  for (const { name, draft, want } of cases) it(name, () => expect(refusal(audioJobs, encodeDraft(draft))).toBe(want))

  it.each([
    ['artifacts.mix_cid', 'Qm', '/data/artifacts/mix_cid must be cid: and an id.'],
    [
      'artifacts.mix_cid',
      'cid:Qm...',
      '/data/artifacts/mix_cid is a shortened placeholder; nothing can be found by it.',
    ],
    ['phase', 'x', '/data/phase: phase must be audio.window#<n>.refine#<k>.'],
  ])('say %s once, in one sentence', (at, value, words) => {
    const draft = encodeDraft({ data: altered(at, value) })
    const whole = expect.objectContaining({ message: `SCHEMA_INVALID: The draft is not a valid window; ${words}` })
    expect(() => audioJobs.openWriter({ ledger: 'jobs/x' }).admit(draft)).toThrow(whole)
  })
})
