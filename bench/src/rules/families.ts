// The families whose ledgers have invariants, and what their writers send: one draft after another that breaks none, so
// that every draft of a window is judged, taken and written.
import { invariant } from '@ledgerd/schema'

export interface FamilyDraft {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface RuledFamily {
  readonly name: string
  /** Where its package lies. */
  readonly home: string
  /** What the package calls its schema. */
  readonly exported: string
  /** The draft of this number, from 0; numbers come in order. */
  readonly draft: (serial: number) => FamilyDraft
}

/** Records of one workflow come after another, as a kernel with so many of them at work writes them. */
const workflows = 1000

export const ruledFamilies: readonly RuledFamily[] = [
  {
    name: 'kernel-runs',
    home: import.meta.resolve('@ledgerd/schema-kernel-runs'),
    exported: 'kernelRuns',
    draft: kernelRun,
  },
  {
    name: 'audio-jobs',
    home: import.meta.resolve('@ledgerd/schema-audio-jobs'),
    exported: 'audioJobs',
    draft: audioWindow,
  },
  {
    name: 'workflow-records',
    home: import.meta.resolve('@ledgerd/schema-workflow-records'),
    exported: 'workflowRecords',
    draft: workflowEvent,
  },
]

export function familyNamed(name: string): RuledFamily {
  const found = ruledFamilies.find((family) => family.name === name)
  invariant(found !== undefined, `${name} is a family with invariants`)
  return found
}

function kernelRun(serial: number): FamilyDraft {
  const data = {
    run_id: `run_${serial.toString(16).padStart(12, '0')}`,
    intent_sha256: contentHash(serial),
    bundle_sha256: contentHash(serial + 1),
    result_kind: 'BUNDLE',
    accepted: true,
    mode: 'none',
    policy: 'strict',
  }
  return { type: 'run', data }
}

function audioWindow(serial: number): FamilyDraft {
  const window = serial % 64
  const data = {
    schema_version: 2,
    job_id: `J_${Math.floor(serial / 64)}`,
    phase: `audio.window#${window}.refine#1`,
    window_idx: window,
    icw_capsule_id: `AUDIO_W${String(window).padStart(3, '0')}`,
    request: { prompt: 'a slow build over a held chord', lyrics_sha256: contentHash(serial) },
    locks: { voice: ['lead_v1'], music_style: 'held_2025_10' },
    inputs: { score_json_sha256: contentHash(serial + 1) },
    engines: { rvc: { index_id: 'rvc_lead_v2' }, xtts: { repo: 'xtts_v2' } },
    env: { torch: '2.7.1', p40_present: true },
    scores_before: { clap: 0.29, lufs: -13.1, sync_ms: 96 },
    deltas: [{ engine: 'rvc', op: 'strength', '+0.1': true }],
    scores_after: { clap: 0.36, lufs: -14.5, sync_ms: 64 },
    artifacts: { mix_cid: `cid:bafy${serial}` },
    seed_bundle: { scene: 9031, window, router: 'v2' },
  }
  return { type: 'window', data }
}

function workflowEvent(serial: number): FamilyDraft {
  const data = {
    tenant_id: 1,
    producer: { kind: 'kernel', name: 'planner', version: '1.4' },
    trace: { correlation_id: `c${serial}`, workflow_id: `w${serial % workflows}`, step_id: `s${serial % 7}` },
    event_type: 'ACTION_STARTED',
    severity: 'info',
    sequence_no: Math.floor(serial / workflows) + 1,
    payload: { action: 'render', attempt: 1, reason: 'PLANNED' },
  }
  return { type: 'event', data }
}

function contentHash(serial: number): string {
  return `sha256:${serial.toString(16).padStart(64, '0')}`
}
