import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { detectFamily } from './detect-family.ts'

const world = readFileSync(new URL('../../../../vectors/world-events/daily_undertaking.jsonl', import.meta.url))
const run = '{"run_id": "r", "intent_sha256": "sha256:0", "result_kind": "REFUSE"}\n'
const window = '{"job_id": "j", "phase": "audio.window#0.refine#0", "window_idx": 0, "icw_capsule_id": "AUDIO_W000"}\n'
const ordering =
  '{"data": {"stageKey": "stage2"}, "id": "a", "link": "stage2", "meta": {}, "time": "t", "type": "seeds"}\n'
const record = '{"tenant_id": 1, "record_id": "00000000-0000-4000-8000-000000000000"}\n'

describe('detectFamily', () => {
  const table: readonly { name: string; input: string | Uint8Array; want: string | undefined }[] = [
    { name: 'a world', input: world, want: 'world-events' },
    { name: 'a world cut in a line', input: world.subarray(0, 5000), want: 'world-events' },
    { name: 'a run', input: run, want: 'kernel-runs' },
    { name: 'a run without LF', input: run.trimEnd(), want: 'kernel-runs' },
    { name: 'audio windows', input: window + window, want: 'audio-jobs' },
    { name: 'workflow records', input: record, want: 'workflow-records' },
    { name: 'orderings of a build', input: ordering, want: 'build-order' },
    { name: 'blank and broken lines beside good ones', input: `\n{"torn\n[]\n${run}`, want: 'kernel-runs' },
    { name: 'nothing', input: '', want: undefined },
    { name: 'text', input: 'Dear diary\n', want: undefined },
    { name: 'some JSON', input: '{"a": 1}\n{"b": 2}\n', want: undefined },
    { name: 'two families', input: run + record, want: undefined },
  ]
  for (const { name, input, want } of table)
    it(`${name}: ${want}`, () =>
      expect(detectFamily(typeof input === 'string' ? Buffer.from(input) : input)).toBe(want))
})
