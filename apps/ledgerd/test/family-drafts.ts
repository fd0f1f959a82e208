// Sound drafts of four families, for suites that break them: one of each kind, with what is given in place of parts.

type Members = Readonly<Record<string, unknown>>

export const hash: string = `sha256:${'0123456789abcdef'.repeat(4)}`
const sha1 = `sha1:${'0123456789'.repeat(4)}`

let made = 0

/** An identity that no other draft of this process has. */
export function newId(): string {
  return (++made).toString(16).padStart(32, '0')
}

function draft(type: string, data: Members, changes: Members): object {
  return { type, id: newId(), data: { ...data, ...changes } }
}

/** kernel-runs; undefined members are left out. */
export function runDraft(changes: Members = {}): object {
  const data = {
    intent_sha256: hash,
    bundle_sha256: hash,
    result_kind: 'BUNDLE',
    accepted: true,
    mode: 'none',
    policy: 'strict',
  }
  return draft('run', data, changes)
}

export function artifactDraft(changes: Members = {}): object {
  const data = { stageKey: 'stage2:code', artifact: 'repo_map', hash: sha1, rule: null, count: 2, mode: 'code' }
  return draft('artifact', data, changes)
}

export function seedsDraft(changes: Members = {}): object {
  const data = { stageKey: 'stage1:code', discoveryHash: 'd1', fileListHash: 'f1', fileCount: 2, mode: 'code' }
  return draft('seeds', data, changes)
}

export function windowDraft(changes: Members = {}): object {
  const data = {
    schema_version: 2,
    job_id: 'J_abc123',
    phase: 'audio.window#3.refine#2',
    window_idx: 3,
    icw_capsule_id: 'AUDIO_W003',
    request: { prompt: 'EDM rock – 日本語', lyrics_sha256: hash },
    locks: { voice: ['flyleaf_v1'] },
    inputs: { score_json_sha256: hash },
    engines: { rvc: { index_id: 'rvc_flyleaf_v2', image: hash } },
    env: { torch: '2.7.1+cu118' },
    scores_before: { clap: 0.29 },
    deltas: [{ engine: 'rvc', op: 'strength' }],
    scores_after: { clap: 0.36 },
    artifacts: { mix_cid: 'cid:bafymix' },
    seed_bundle: { scene: 9031, window: 3, router: 'v2' },
  }
  return draft('window', data, changes)
}

const header = {
  tenant_id: 1,
  producer: { kind: 'kernel', name: 'kernel', version: '1.0' },
  trace: { correlation_id: 'c1', workflow_id: 'w1' },
}

export function eventDraft(changes: Members = {}): object {
  return draft('event', { ...header, event_type: 'PLAN_CREATED', severity: 'info', payload: { steps: 3 } }, changes)
}

export function jobDraft(changes: Members = {}): object {
  const data = {
    ...header,
    operator_name: 'Email.Send',
    status: 'queued',
    attempt: 1,
    idempotency_key: 'k1',
    input_payload: { to: 7 },
  }
  return draft('job', data, changes)
}

export function outcomeDraft(changes: Members = {}): object {
  const data = {
    ...header,
    outcome_id: 'o1',
    lineage_id: 'l1',
    outcome_type: 'Email.Draft',
    status: 'draft',
    version: 1,
    parent_outcome_id: null,
    content: { text: 'Hello' },
  }
  return draft('outcome', data, changes)
}

export function documentDraft(changes: Members = {}): object {
  const source = { path: 's3://b/0.docx', hash }
  const data = { ...header, document_id: 'd1', lifecycle: 'temp', status: 'uploaded', revision: 0, source }
  return draft('document', data, changes)
}

export function memoryDraft(changes: Members = {}): object {
  const data = {
    ...header,
    memory_id: 'm1',
    lineage_id: 'ml1',
    version: 1,
    parent_memory_id: null,
    memory_type: 'tone',
    content: 'formal',
    source: 'user',
    is_active: true,
  }
  return draft('memory', data, changes)
}

export function entityDraft(changes: Members = {}): object {
  const data = {
    ...header,
    entity_id: 'e1',
    entity_type: 'professor',
    version: 1,
    canonical: { full_name: 'José' },
    canonical_key_hash: 'h1',
    source: 'canspider',
    is_active: true,
  }
  return draft('entity', data, changes)
}

export function gateDraft(changes: Members = {}): object {
  const payload = { gate_id: 'g1', outcome_id: 'o1', ...changes }
  return eventDraft({ event_type: 'GATE_REQUESTED', payload })
}

export function approvalDraft(changes: Members = {}): object {
  const payload = { gate_id: 'g1', outcome_id: 'o1', actor_id: 8, ...changes }
  return eventDraft({ event_type: 'USER_APPROVED', payload })
}
