// For tests: a window record as a writer would hand it in, and drafts on their way through admission to a line.
import type { LineWriter } from '@ledgerd/schema'
import type { AudioJobs } from '../src/audio-jobs.ts'

export const hash: string = `sha256:5b89d403220f87090b577a4a7f74f65ccf502b88242c83232e8e8950bb13605b`
export const id: string = 'a'.repeat(32)

/** Unix milliseconds at which sealed lines of these tests are stamped; written as 2025-11-04T22:10:31Z. */
export const sealedMs: number = Date.UTC(2025, 10, 4, 22, 10, 31, 999)

export const sampleWindow = {
  schema_version: 2 as const,
  job_id: 'J_abc123',
  phase: 'audio.window#3.refine#2',
  window_idx: 3,
  icw_capsule_id: 'AUDIO_W003',
  request: { prompt: 'EDM rock – 日本語', lyrics_sha256: hash, markers: [{ t: 64.5, label: 'drop1' }] },
  locks: { voice: ['flyleaf_v1'], music_style: 'lp_vibe_2025_10' },
  inputs: { score_json_sha256: hash },
  engines: { rvc: { index_id: 'rvc_flyleaf_v2', image: hash }, xtts: { repo: 'xtts_v2' } },
  env: { torch: '2.7.1+cu118', p40_present: true },
  scores_before: { clap: 0.29, lufs: -13.1, sync_ms: 96 },
  deltas: [{ engine: 'rvc', op: 'strength', '+0.1': true }],
  scores_after: { clap: 0.36, lufs: -14.5, sync_ms: 64 },
  artifacts: { mix_cid: 'cid:bafymix' },
  seed_bundle: { scene: 9031, window: 3, router: 'v2' },
}

/** A JSON text with one member replaced, by a path such as `env.torch`; undefined takes it out. */
export function altered(pointer: string, value: unknown, base: unknown = sampleWindow): Record<string, unknown> {
  const copy = structuredClone(base) as Record<string, unknown>
  const steps = pointer.split('.')
  let at: Record<string, unknown> = copy
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>
  const last = steps[steps.length - 1] ?? ''
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}

export function encodeDraft(draft: Readonly<Record<string, unknown>>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ id, type: 'window', ...draft }))
}

/** Admits a draft through writer and rules and seals it; the line without LF. Throws what admission refuses. */
export function sealDraft(schema: AudioJobs, draft: Uint8Array, timeMs: number = sealedMs): string {
  const writer: LineWriter = schema.openWriter({ ledger: 'jobs/test' })
  const admitted = writer.admit(draft)
  const { stamp } = schema.openRules?.({ ledger: 'jobs/test' }).take(admitted, { seq: 0, timeMs }) ?? {
    stamp: { seq: 0, timeMs },
  }
  const target = new Uint8Array(admitted.lineBytesMax)
  const end = writer.seal(admitted, stamp, target, 0)
  return new TextDecoder().decode(target.subarray(0, end - 1))
}

/** What admission says: `CODE` with the rule or the code of details, and the path. */
export function refusal(schema: AudioJobs, draft: Uint8Array): string {
  try {
    sealDraft(schema, draft)
    return 'taken'
  } catch (error) {
    const { code, details } = error as { code: string; details: Record<string, unknown> }
    const issues = details['issues'] as readonly { readonly path: string }[] | undefined
    const path = details['path'] ?? issues?.[0]?.path ?? ''
    return [code, details['rule'] ?? details['code'] ?? details['reason'], path]
      .filter((word) => word !== undefined && word !== '')
      .join(' ')
  }
}
