// The table of bad input, row by row (formats §5.5), and its neighbours: as a stored line each gives its finding with
// line, offset and path; as a draft it is refused by the same name, unless history may hold it.
import { describe, expect, it } from 'vitest'
import { type AlteredWindow, brief, expectVerdicts, findingsOf, stored } from '../conformance/bad-windows.ts'
import { altered, encodeDraft, hash, refusal, sampleWindow } from '../conformance/sample-window.ts'
import { audioJobs } from './audio-jobs.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

describe('one window', () => {
  it('without fault has no findings and is taken', () => {
    expect(findingsOf(stored(sampleWindow))).toEqual([])
    expect(refusal(audioJobs, encodeDraft({ data: sampleWindow }))).toBe('taken')
  })

  const truncated = ['sha256:...', 'sha256:5b89…', 'sha256:5b89d403220f', 'sha256:5b89...605b']
  const cases: readonly AlteredWindow[] = [
    {
      name: 'a phase of another grammar',
      at: 'phase',
      value: 'audio.window#3',
      found: ['E phase-invalid /phase'],
      refused: 'SCHEMA_INVALID phase-invalid /data/phase',
    },
    {
      name: 'a review phase',
      at: 'phase',
      value: 'review.loop#1',
      found: ['E phase-invalid /phase'],
      refused: 'SCHEMA_INVALID phase-invalid /data/phase',
    },
    {
      name: 'another window_idx',
      at: 'window_idx',
      value: 4,
      found: ['W phase-mismatch /window_idx'],
      refused: 'INVARIANT_VIOLATED phase-mismatch /data/window_idx',
    },
    {
      name: 'another capsule',
      at: 'icw_capsule_id',
      value: 'AUDIO_W3',
      found: ['W phase-mismatch /icw_capsule_id'],
      refused: 'INVARIANT_VIOLATED phase-mismatch /data/icw_capsule_id',
    },
    {
      name: 'another window of the seeds',
      at: 'seed_bundle.window',
      value: 2,
      found: ['W phase-mismatch /seed_bundle/window'],
      refused: 'INVARIANT_VIOLATED phase-mismatch /data/seed_bundle/window',
    },
    {
      name: 'seeds without a window',
      at: 'seed_bundle.window',
      value: undefined,
      found: ['W phase-mismatch /seed_bundle/window'],
      refused: 'INVARIANT_VIOLATED phase-mismatch /data/seed_bundle/window',
    },
    {
      name: 'the seventh loop',
      at: 'phase',
      value: 'audio.window#3.refine#7',
      found: ['W too-many-loops /phase'],
      refused: 'taken',
    },
    {
      name: 'a cosine above 1',
      at: 'scores_after.spk_cos',
      value: 1.0781,
      found: ['W score-range /scores_after/spk_cos'],
      refused: 'taken',
    },
    {
      name: 'a cosine below -1',
      at: 'scores_before.clap',
      value: -1.01,
      found: ['W score-range /scores_before/clap'],
      refused: 'taken',
    },
    {
      name: 'a negative distance',
      at: 'scores_after.fad',
      value: -0.1,
      found: ['W score-range /scores_after/fad'],
      refused: 'taken',
    },
    {
      name: 'text as score',
      at: 'scores_after.clap',
      value: '0.36',
      found: ['E wrong-type /scores_after/clap'],
      refused: 'SCHEMA_INVALID /data/scores_after/clap',
    },
    {
      name: 'null as score',
      at: 'scores_before.lufs',
      value: null,
      found: ['E wrong-type /scores_before/lufs'],
      refused: 'SCHEMA_INVALID /data/scores_before/lufs',
    },
    ...truncated.map((value) => ({
      name: `the reference ${value}`,
      at: 'inputs.score_json_sha256',
      value,
      found: ['W hash-truncated /inputs/score_json_sha256'],
      refused: 'SCHEMA_INVALID hash-truncated /data/inputs/score_json_sha256',
    })),
    {
      name: 'a shortened CID',
      at: 'artifacts.mix_cid',
      value: 'cid:Qm...d4',
      found: ['W hash-truncated /artifacts/mix_cid'],
      refused: 'SCHEMA_INVALID hash-truncated /data/artifacts/mix_cid',
    },
    {
      name: 'an upper-case digest',
      at: 'engines.rvc.image',
      value: hash.replace('b', 'B'),
      found: ['E hash-format /engines/rvc/image'],
      refused: 'SCHEMA_INVALID hash-format /data/engines/rvc/image',
    },
    {
      name: 'a digest without prefix',
      at: 'request.lyrics_sha256',
      value: hash.slice(7),
      found: ['E hash-format /request/lyrics_sha256'],
      refused: 'SCHEMA_INVALID hash-format /data/request/lyrics_sha256',
    },
    {
      name: 'a digest that is too long',
      at: 'request.lyrics_sha256',
      value: `${hash}0`,
      found: ['E hash-format /request/lyrics_sha256'],
      refused: 'SCHEMA_INVALID hash-format /data/request/lyrics_sha256',
    },
    {
      name: 'no digest at all',
      at: 'request.lyrics_sha256',
      value: 'sha256:',
      found: ['E hash-format /request/lyrics_sha256'],
      refused: 'SCHEMA_INVALID hash-format /data/request/lyrics_sha256',
    },
    {
      name: 'an empty CID',
      at: 'artifacts.mix_cid',
      value: 'cid:',
      found: ['E cid-format /artifacts/mix_cid'],
      refused: 'SCHEMA_INVALID cid-format /data/artifacts/mix_cid',
    },
    {
      name: 'a path for a CID',
      at: 'artifacts.mix_cid',
      value: '/mixes/mix.wav',
      found: ['E cid-format /artifacts/mix_cid'],
      refused: 'SCHEMA_INVALID cid-format /data/artifacts/mix_cid',
    },
    {
      name: 'null for a CID',
      at: 'artifacts.mix_cid',
      value: null,
      found: ['E wrong-type /artifacts/mix_cid'],
      refused: 'SCHEMA_INVALID /data/artifacts/mix_cid',
    },
    {
      name: 'an unknown reference, deep down',
      at: 'deltas',
      value: [{ x: [{ take_sha256: 'sha1:00' }] }],
      found: ['E hash-format /deltas/0/x/0/take_sha256'],
      refused: 'SCHEMA_INVALID hash-format /data/deltas/0/x/0/take_sha256',
    },
    {
      name: 'an engine from nowhere',
      at: 'engines.xtts',
      value: { speed: 2 },
      found: ['E engine-unidentified /engines/xtts'],
      refused: 'INVARIANT_VIOLATED engine-unidentified /data/engines/xtts',
    },
    {
      name: 'an engine with a blank name',
      at: 'engines.xtts',
      value: { repo: ' ' },
      found: ['E engine-unidentified /engines/xtts'],
      refused: 'INVARIANT_VIOLATED engine-unidentified /data/engines/xtts',
    },
    {
      name: 'an engine that is a text',
      at: 'engines.xtts',
      value: 'xtts_v2',
      found: ['E wrong-type /engines/xtts'],
      refused: 'SCHEMA_INVALID /data/engines/xtts',
    },
    {
      name: 'a blank job',
      at: 'job_id',
      value: ' ',
      found: ['E blank-field /job_id'],
      refused: 'SCHEMA_INVALID blank-field /data/job_id',
    },
    {
      name: 'a job that is a number',
      at: 'job_id',
      value: 7,
      found: ['E wrong-type /job_id'],
      refused: 'SCHEMA_INVALID /data/job_id',
    },
    {
      name: 'a fraction as index',
      at: 'window_idx',
      value: 3.5,
      found: ['E wrong-type /window_idx', 'W phase-mismatch /window_idx'],
      refused: 'SCHEMA_INVALID /data/window_idx',
    },
    {
      name: 'deltas that are no list',
      at: 'deltas',
      value: {},
      found: ['E wrong-type /deltas'],
      refused: 'SCHEMA_INVALID /data/deltas',
    },
    {
      name: 'a prompt that is a number',
      at: 'request.prompt',
      value: 1,
      found: ['E payload-invalid /request/prompt'],
      refused: 'SCHEMA_INVALID /data/request/prompt',
    },
    {
      name: 'a time without zone',
      at: 'ts',
      value: '2025-11-04T22:10:31',
      found: ['E timestamp-no-zone /ts'],
      refused: 'SCHEMA_INVALID /data/ts',
    },
    {
      name: 'a day that is none',
      at: 'ts',
      value: '2025-02-30T22:10:31Z',
      found: ['E timestamp-invalid /ts'],
      refused: 'SCHEMA_INVALID /data/ts',
    },
    {
      name: 'second 60',
      at: 'ts',
      value: '2025-11-04T22:10:60Z',
      found: ['E timestamp-invalid /ts'],
      refused: 'SCHEMA_INVALID /data/ts',
    },
    {
      name: 'a number as time',
      at: 'ts',
      value: 1762294231,
      found: ['E timestamp-invalid /ts'],
      refused: 'SCHEMA_INVALID /data/ts',
    },
    {
      name: 'another spelling of a time',
      at: 'ts',
      value: '2025-11-04T23:10:31.5+01:00',
      found: [],
      refused: 'SCHEMA_INVALID timestamp-form /data/ts',
    },
    {
      name: 'another version',
      at: 'schema_version',
      value: 3,
      found: ['W schema-version-unsupported /schema_version', 'I event-version-unknown'],
      refused: 'SCHEMA_INVALID /data/schema_version',
    },
    {
      name: 'an older version',
      at: 'schema_version',
      value: 1,
      found: ['W schema-version-unsupported /schema_version', 'I event-version-unknown'],
      refused: 'SCHEMA_INVALID /data/schema_version',
    },
    {
      name: 'a version that is a text',
      at: 'schema_version',
      value: '2',
      found: ['E wrong-type /schema_version'],
      refused: 'SCHEMA_INVALID /data/schema_version',
    },
  ]
  for (const { name, at, value, found, refused } of cases)
    it(name, () => {
      expectVerdicts(altered(at, value), { found, refused })
    })

  for (const key of Object.keys(sampleWindow))
    it(`without ${key}`, () => {
      const record = altered(key, undefined)
      const [first, ...rest] = brief(findingsOf(stored(record)))
      expect(first).toBe(`E missing-field /${key}`)
      // The phase is compared with what is left.
      expect(rest.every((finding) => finding.startsWith('W phase-mismatch'))).toBe(true)
      expect(refusal(audioJobs, encodeDraft({ data: record }))).toBe(`SCHEMA_INVALID /data/${key}`)
    })

  it('without ts', () => {
    expect(brief(findingsOf(JSON.stringify(sampleWindow)))).toEqual(['E missing-field /ts'])
  })

  const texts = [
    {
      name: 'NaN',
      from: '0.36',
      to: 'NaN',
      found: ['W non-finite-number /scores_after/clap'],
      refused: 'VALUE_REFUSED non-finite-number /data/scores_after/clap',
    },
    {
      name: 'an overflow',
      from: '0.36',
      to: '1e400',
      found: ['W non-finite-number /scores_after/clap', 'W score-range /scores_after/clap'],
      refused: 'VALUE_REFUSED non-finite-number /data/scores_after/clap',
    },
    {
      name: 'a repeated key',
      from: '"clap":0.36',
      to: '"clap":0.3,"clap":0.36',
      found: ['E duplicate-key /scores_after/clap'],
      refused: 'VALUE_REFUSED duplicate-key /data/scores_after/clap',
    },
    {
      name: 'half a surrogate pair',
      from: 'drop1',
      to: '\\ud83d',
      found: ['W lone-surrogate /request/markers/0/label'],
      refused: 'VALUE_REFUSED lone-surrogate /data/request/markers/0/label',
    },
    {
      name: 'a fraction that is none',
      from: '"window_idx":3',
      to: '"window_idx":3.0',
      found: ['E wrong-type /window_idx', 'W phase-mismatch /window_idx'],
      refused: 'taken',
    },
    {
      name: 'no JSON',
      from: '"J_abc123"',
      to: 'J_abc123',
      found: ['E json-invalid'],
      refused: 'VALUE_REFUSED json-invalid',
    },
    { name: 'CR LF', from: /$/, to: '\r', found: ['W crlf'], refused: 'taken' },
  ]
  for (const { name, from, to, found, refused } of texts)
    it(name, () => {
      expect(brief(findingsOf(stored(sampleWindow).replace(from, to)))).toEqual(found)
      const draft = decoder.decode(encodeDraft({ data: sampleWindow })).replace(from, to)
      expect(refusal(audioJobs, encoder.encode(draft))).toBe(refused)
    })

  it('is never a review row, however little is left of it', () => {
    expect(brief(findingsOf('{"job_id": "J", "phase": "review.loop#1"}'))).toEqual(
      expect.arrayContaining(['E missing-field /schema_version', 'E missing-field /ts', 'E phase-invalid /phase']),
    )
    expect(brief(findingsOf('{}'))).toHaveLength(16)
  })
})
