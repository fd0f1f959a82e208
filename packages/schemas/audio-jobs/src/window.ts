// `window`: one refinement of one audio window, with all that is needed to make it again (formats §5.1). Objects stay
// open, so that a pipeline can note more than the seed knows; what members must say beyond their type is in the judges.
import { event, field, instant, int, text } from '@ledgerd/schema'
import type { EventBuilder } from '@ledgerd/schema'
import * as z from 'zod'

/** Numbers keep their spelling, `42` or `-14.0`: signatures are taken over it. */
const measured = z.number()

const scores = z.looseObject({
  clap: field(measured, { direction: 'up', unit: '1' }).optional(),
  fad: field(measured, { direction: 'down', unit: '1' }).optional(),
  cer: field(measured, { direction: 'down', unit: '1' }).optional(),
  spk_cos: field(measured, { direction: 'up', unit: '1' }).optional(),
  pitch_dev_cents: field(measured, { direction: 'down', unit: '{cent}' }).optional(),
  lufs: field(measured, { direction: { target: -14, tolerance: 0.4 }, unit: 'LUFS' }).optional(),
  sync_ms: field(measured, { direction: 'down', unit: 'ms' }).optional(),
  bpm_drift_pct: field(measured, { direction: 'down', unit: '%' }).optional(),
  true_peak_db: field(measured, { direction: 'down', unit: 'dB' }).optional(),
  determinism: field(measured, { direction: 'up', unit: '1' }).optional(),
})

/** Metrics with a meaning; others are the writer's own. */
export const metricNames: ReadonlySet<string> = new Set(Object.keys(scores.shape))

const digest = (role: string): z.ZodOptional<z.ZodString> =>
  field(text(), { artifact: { algo: 'sha256', role } }).optional()
const content = (role: string): z.ZodOptional<z.ZodString> =>
  field(text(), { artifact: { algo: 'cid', role } }).optional()

const request = z.looseObject({
  prompt: field(text(), { pii: 'indirect' }).optional(),
  lyrics_sha256: digest('lyrics'),
  markers: z
    .array(z.looseObject({ t: field(z.number(), { unit: 's' }).optional(), label: text().optional() }))
    .optional(),
})

const engine = z.looseObject({
  version: text().optional(),
  repo: text().optional(),
  image: digest('container image'),
  index_id: text().optional(),
})

const env = z.looseObject({
  torch: text().optional(),
  cuda: text().optional(),
  driver: text().optional(),
  arch_list: text().optional(),
  gpu: text().optional(),
  p40_present: z.boolean().optional(),
})

const model = z.looseObject({
  schema_version: z.literal(2),
  /** Whole seconds, UTC. The daemon's clock unless given; signed records give it. */
  ts: instant().optional(),
  job_id: field(text(), { subject: { kind: 'job', by: 'id' }, link: { name: 'job', role: 'effect' } }),
  phase: text(),
  window_idx: int(),
  icw_capsule_id: field(text(), { subject: { kind: 'window', by: 'id' } }),
  request,
  locks: z.looseObject({
    voice: z.array(text()).optional(),
    music_style: text().optional(),
    sfx: z.array(text()).optional(),
  }),
  inputs: z.looseObject({
    score_json_sha256: digest('score'),
    mfa_alignment_sha256: digest('alignment'),
    structure_prev_sha256: digest('previous structure'),
  }),
  engines: z.record(text(), engine),
  env,
  scores_before: scores,
  deltas: z.array(z.looseObject({ engine: text().optional(), op: text().optional() })),
  scores_after: scores,
  artifacts: z.looseObject({
    backing_cid: content('backing'),
    dry_vocal_cid: content('dry vocal'),
    vocal_cid: content('vocal'),
    mix_cid: content('mix'),
    structure_cid: content('structure'),
    capsule_cid: content('capsule'),
  }),
  seed_bundle: z.looseObject({ scene: z.number().optional(), window: int().optional(), router: text().optional() }),
  sign: z.looseObject({ sha256: text(), sig: text(), scheme: int().optional() }).optional(),
})

export const window: EventBuilder<typeof model> = event(model)
