// The bad-input tables of formats §3.4, §4.5, §5.5 and §6.8 through the real daemon, over HTTP and WebSocket: each row is
// refused with its code and with a place of the draft that was sent, nothing is written, and the ledger takes a sound
// draft right afterwards.
import type { ErrorCode, ErrorDocument } from '@ledgerd/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FamilyDesk, vectorLines } from '../test/family-desk.ts'
import type { WireDraft } from '../test/family-desk.ts'
import * as make from '../test/family-drafts.ts'

interface Row {
  readonly name: string
  /** Taken before it; what of a row depends on earlier lines depends on these. */
  readonly before?: readonly object[]
  readonly draft: WireDraft
  readonly code: ErrorCode
  /** What message or details must say: rule, finding code, path. */
  readonly says: RegExp
}

let desk: FamilyDesk
beforeAll(async () => {
  desk = await FamilyDesk.start({ 'runs/ahead': `${runAhead()}\n` })
})
afterAll(async () => {
  await desk.stop()
})

const { hash, runDraft, artifactDraft, seedsDraft, windowDraft, eventDraft, jobDraft, outcomeDraft } = make
const { documentDraft, memoryDraft, entityDraft, gateDraft, approvalDraft, newId } = make

/** The text of a draft with a piece of it in another spelling. */
function spelled(draft: object, piece: string | RegExp, spelling: string): string {
  const text = JSON.stringify(draft)
  const changed = text.replace(piece, spelling)
  expect(changed).not.toBe(text)
  return changed
}

/** The bytes of a draft whose first `?` is byte FF. */
function broken(draft: object): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(draft))
  bytes[bytes.indexOf('?')] = 0xff
  return bytes
}

/** What every family refuses of a draft's form. */
function formRows(draft: (changes?: Record<string, unknown>) => object): Row[] {
  const refused = { code: 'VALUE_REFUSED' } as const
  return [
    { name: 'a torn draft', draft: JSON.stringify(draft()).slice(0, 90), ...refused, says: /json-invalid/ },
    {
      name: 'two drafts on one line',
      draft: JSON.stringify(draft()).repeat(2),
      ...refused,
      says: /glued-records/,
    },
    { name: 'a byte order mark', draft: `\ufeff${JSON.stringify(draft())}`, ...refused, says: /bom/ },
    { name: 'invalid UTF-8 in an unknown field', draft: broken(draft({ zz: '?' })), ...refused, says: /utf-?8/i },
    { name: 'NUL bytes', draft: `${JSON.stringify(draft())}\0\0`, ...refused, says: /nul-bytes/ },
    { name: 'half a surrogate pair', draft: draft({ zz: '\ud800' }), ...refused, says: /lone-surrogate.*\/data\/zz/ },
    {
      name: 'a repeated key',
      draft: spelled(draft({ zz: 1 }), '"zz":1', '"zz":1,"zz":2'),
      ...refused,
      says: /duplicate-key.*\/data\/zz/,
    },
    { name: 'NaN', draft: spelled(draft({ zz: 1 }), '"zz":1', '"zz":NaN'), ...refused, says: /\/data\/zz/ },
    { name: '1e400', draft: spelled(draft({ zz: 1 }), '"zz":1', '"zz":1e400'), ...refused, says: /\/data\/zz/ },
    { name: 'the line null', draft: 'null', code: 'SCHEMA_INVALID', says: /object/ },
    { name: 'the line "x"', draft: '"x"', code: 'SCHEMA_INVALID', says: /object/ },
    { name: 'the line []', draft: '[]', code: 'SCHEMA_INVALID', says: /object/ },
    { name: 'a type that is none', draft: { ...draft(), type: 'walk' }, code: 'SCHEMA_INVALID', says: /\/type/ },
    {
      name: 'a line over the limit',
      draft: draft({ zz: 'z'.repeat(70_000) }),
      code: 'LINE_TOO_LONG',
      says: /65535/,
    },
  ]
}

function invalid(name: string, draft: WireDraft, says: RegExp): Row {
  return { name, draft, code: 'SCHEMA_INVALID', says }
}

function broke(name: string, before: readonly object[], draft: WireDraft, rule: string): Row {
  return { name, before, draft, code: 'INVARIANT_VIOLATED', says: new RegExp(`"rule":"${rule}"`) }
}

/** Every row on a ledger of its own, each of which must go on afterwards. */
function table(folder: string, sound: () => WireDraft, rows: readonly Row[]): void {
  it.each(rows.map((row, at) => ({ ...row, ledger: `${folder}/${at}` })))(
    '$name',
    async ({ ledger, before = [], draft, code, says }) => {
      for (const each of before) await desk.append(ledger, each)
      await desk.expectRefused(ledger, draft, code, says)
      if (code === 'SCHEMA_INVALID' || code === 'INVARIANT_VIOLATED') await expectPlaces(ledger, draft)
      expect(desk.linesOf(ledger)).toHaveLength(before.length)
      if (before.length === 0) expect(desk.bytesOf(ledger)).toBeUndefined()
      expect(await desk.append(ledger, sound())).toMatchObject({ seq: before.length, duplicate: false })
      expect(desk.linesOf(ledger)).toHaveLength(before.length + 1)
    },
  )
}

/** Each place that a refusal names is one of the draft, or one where an object of the draft lacks a member. */
async function expectPlaces(ledger: string, draft: WireDraft): Promise<void> {
  const sent: unknown = typeof draft === 'string' ? JSON.parse(draft) : draft
  const { path, issues = [] } = await refusedDetails(ledger, draft)
  for (const place of [path ?? '', ...issues.map((issue) => issue.path)]) {
    expect(place).toMatch(/^(\/(data|id|link|meta|type)(\/.*)?)?$/)
    expect(valueAt(sent, place.slice(0, Math.max(0, place.lastIndexOf('/')))), place).not.toBeUndefined()
  }
}

interface Places {
  readonly path?: string
  readonly issues?: readonly { readonly path: string }[]
}

async function refusedDetails(ledger: string, draft: WireDraft): Promise<Places> {
  const { error } = JSON.parse((await desk.post(ledger, draft)).body) as { readonly error: ErrorDocument }
  return error.details as Places
}

/** What stands at an RFC 6901 pointer; undefined if nothing does. */
function valueAt(sent: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1)
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value, step) => (value as Readonly<Record<string, unknown>> | undefined)?.[step], sent)
}

describe('the place that a refusal names', () => {
  const outcomeCreated = { event_type: 'OUTCOME_CREATED', payload: { version: 1 } }
  const chunkHashes = { chunkLines: 1, hashes: [] }
  const rows: readonly { at: string; before?: object[]; draft: object; path: string | undefined; holds?: unknown }[] = [
    { at: 'runs', draft: runDraft({ mode: 'plan-only' }), path: '/data/mode', holds: 'plan-only' },
    { at: 'runs/ahead', draft: runDraft(), path: undefined },
    { at: 'builds', draft: artifactDraft({ hash: 'sha1:xyz' }), path: '/data/hash', holds: 'sha1:xyz' },
    { at: 'builds', draft: artifactDraft({ chunkHashes }), path: '/data/chunkHashes', holds: chunkHashes },
    { at: 'builds', draft: { ...artifactDraft(), link: 'stage9' }, path: '/link', holds: 'stage9' },
    { at: 'audio', draft: windowDraft({ artifacts: { '~_cid': 'x' } }), path: '/data/artifacts/~0_cid', holds: 'x' },
    { at: 'audio', draft: windowDraft({ deltas: [{ a_sha256: 'x' }] }), path: '/data/deltas/0/a_sha256', holds: 'x' },
    { at: 'audio', draft: windowDraft({ engines: { xtts: {} } }), path: '/data/engines/xtts', holds: {} },
    { at: 'audio', draft: windowDraft({ seed_bundle: {} }), path: '/data/seed_bundle/window' },
    { at: 'signed', draft: windowDraft(), path: '/data/sign' },
    { at: 'flows', draft: eventDraft(outcomeCreated), path: '/data/payload/outcome_id' },
    { at: 'flows', draft: eventDraft({ hash: { payload_hash: hash } }), path: '/data/hash/payload_hash', holds: hash },
    { at: 'flows', draft: jobDraft({ status: 'running' }), path: '/data/status', holds: 'running' },
    { at: 'flows', before: [eventDraft()], draft: eventDraft({ sequence_no: 3 }), path: '/data/sequence_no', holds: 3 },
  ]
  it.each(rows)('$path of $at', async ({ at, before = [], draft, path, holds }) => {
    const ledger = at.includes('/') ? at : `${at}/place`
    for (const each of before) await desk.append(ledger, each)
    expect((await refusedDetails(ledger, draft)).path).toBe(path)
    if (path !== undefined) expect(valueAt(draft, path)).toEqual(holds)
  })
})

describe('kernel-runs (§3.4)', () => {
  const first = runDraft({ run_id: 'run_first' })
  table('runs', runDraft, [
    ...formRows(runDraft),
    ...['intent_sha256', 'bundle_sha256', 'result_kind', 'accepted', 'mode', 'policy'].map((key) =>
      invalid(`no ${key}`, runDraft({ [key]: undefined }), new RegExp(`/data/${key}`)),
    ),
    ...[
      ...['EXECUTE', 'bundle', null].map((value) => ['result_kind', value] as const),
      ...['recorded', 7].map((value) => ['mode', value] as const),
      ...['lax', ''].map((value) => ['policy', value] as const),
      ...['true', 1, null].map((value) => ['accepted', value] as const),
      ...['', 7, null].map((value) => ['run_id', value] as const),
      ...['intent_sha256', 'bundle_sha256'].flatMap((key) =>
        [hash.slice(0, -1), hash.toUpperCase(), hash.slice('sha256:'.length), `${hash}\n`, 'sha256:a1b2...'].map(
          (value) => [key, value] as const,
        ),
      ),
      ['intent_sha256', null] as const,
    ].map(([key, value]) =>
      invalid(`${key} ${JSON.stringify(value)}`, runDraft({ [key]: value }), new RegExp(`/data/${key}`)),
    ),
    ...['2026-01-05T10:00:00', '2026-02-30T00:00:00Z', '2026-01-05T10:00:60Z', 1_767_607_200_000].map((timestamp) =>
      invalid(`the time ${timestamp}`, runDraft({ timestamp }), /timestamp-given.*\/data\/timestamp/),
    ),
    {
      name: 'a run id that an earlier entry has',
      before: [first],
      draft: { ...runDraft({ run_id: 'run_first', accepted: false }), id: newId() },
      code: 'IDENTITY_CONFLICT',
      says: /"seq":0/,
    },
    broke('a mode of the other vocabulary', [], runDraft({ mode: 'plan-only' }), 'mode-vocabulary'),
  ])

  it('a ledger that lies in the future takes nothing, and every other does', async () => {
    await desk.expectRefused('runs/ahead', runDraft(), 'INVARIANT_VIOLATED', /"rule":"clock-behind-ledger"/)
    expect(desk.linesOf('runs/ahead')).toEqual([runAhead()])
    await desk.append('runs/beside', runDraft())
  })

  it('odd blanks, order and CR LF never reach the file; unknown fields do', async () => {
    const odd = JSON.stringify({ ...runDraft({ zz: { spec_version: '1.0.0' } }), link: null }, undefined, 1)
    await desk.append('runs/odd', odd.replaceAll('\n', ' ').concat('\r\n'))
    expect(desk.linesOf('runs/odd')).toEqual([
      expect.stringMatching(/^\{"accepted":true,"bundle_sha256":[^ \r]+,"zz":\{"spec_version":"1\.0\.0"\}\}$/),
    ])
  })
})

describe('build-order (§4.5)', () => {
  const seedNames = ['discoveryHash', 'fileListHash', 'fileCount', 'mode']
  const zeros = '0'.repeat(40)
  table('builds', artifactDraft, [
    ...formRows(artifactDraft),
    invalid('seeds that are a list', { ...seedsDraft(), data: [] }, /\/data/),
    invalid('a stage that is null', seedsDraft({ stageKey: null }), /\/data\/stageKey/),
    invalid('a stage with two colons', artifactDraft({ stageKey: 'a:b:c' }), /\/data\/stageKey/),
    invalid('a hash that is an object', artifactDraft({ hash: { algo: 'sha1' } }), /\/data\/hash/),
    ...['sha1:xyz', `sha1:${'A'.repeat(40)}`, `sha1:${zeros.slice(1)}`, `sha1:${zeros}0`].map((value) =>
      broke(value, [], artifactDraft({ hash: value }), 'hash-format'),
    ),
    ...['stageKey', 'artifact', 'hash', 'rule', 'count', 'mode'].map((key) =>
      invalid(`an artifact without ${key}`, artifactDraft({ [key]: undefined }), new RegExp(`/data/${key}`)),
    ),
    ...seedNames.map((key) =>
      invalid(`seeds without ${key}`, seedsDraft({ [key]: undefined }), new RegExp(`/data/${key}`)),
    ),
    invalid('a count that is a fraction', artifactDraft({ count: 1.5 }), /\/data\/count/),
    invalid('a count below zero', artifactDraft({ count: -1 }), /\/data\/count/),
    broke(
      'chunk hashes of another artifact',
      [],
      artifactDraft({ chunkHashes: { chunkLines: 1, hashes: [zeros] } }),
      'chunk-hashes-invalid',
    ),
    broke('a link to another stage', [], { ...artifactDraft(), link: 'stage9' }, 'link-mismatch'),
  ])
})

describe('audio-jobs (§5.5)', () => {
  const [signedLine = ''] = vectorLines('audio-jobs/vectors/seed_schema_signed.jsonl')
  /** The draft of a signed line, its digits as they stand. */
  const draftOf = (line: string): string => `{"type": "window", "id": "${newId()}", "data": ${line}}`
  table('audio', windowDraft, [
    ...formRows(windowDraft),
    broke('64.0 rewritten as 64', [], draftOf(signedLine.replace('64.0', '64')), 'sign-digest-mismatch'),
    broke(
      'a wrong digest',
      [],
      draftOf(signedLine.replace(/("sign": \{"sha256": )"[^"]+"/, `$1"${hash}"`)),
      'sign-digest-mismatch',
    ),
    ...['ed25519:!', `ed25519:${Buffer.alloc(63).toString('base64')}`, Buffer.alloc(64).toString('base64')].map((sig) =>
      invalid(
        `the signature ${sig.slice(0, 12)}`,
        draftOf(signedLine.replace(/"ed25519:[^"]+"/, `"${sig}"`)),
        /sign-format/,
      ),
    ),
    ...['audio.window#3', 'review.loop#1', 'audio.window#3.refine#2 '].map((phase) =>
      invalid(`the phase ${phase}`, windowDraft({ phase }), /phase-invalid/),
    ),
    broke('another window_idx', [], windowDraft({ window_idx: 4 }), 'phase-mismatch'),
    invalid('text as score', windowDraft({ scores_after: { clap: '0.36' } }), /\/data\/scores_after\/clap/),
    {
      name: 'NaN as score',
      draft: spelled(windowDraft(), '0.36', 'NaN'),
      code: 'VALUE_REFUSED',
      says: /\/data\/scores_after\/clap/,
    },
    ...['sha256:...', hash.slice(0, 20)].map((value) =>
      invalid(`the reference ${value}`, windowDraft({ inputs: { score_json_sha256: value } }), /hash-truncated/),
    ),
    invalid('a digest in capitals', windowDraft({ inputs: { score_json_sha256: hash.toUpperCase() } }), /hash-format/),
    invalid('an empty CID', windowDraft({ artifacts: { mix_cid: 'cid:' } }), /cid-format/),
    broke('an engine from nowhere', [], windowDraft({ engines: { xtts: { speed: 2 } } }), 'engine-unidentified'),
    ...Object.keys((windowDraft() as { data: object }).data).map((key) =>
      invalid(`no ${key}`, windowDraft({ [key]: undefined }), new RegExp(`/data/${key}`)),
    ),
  ])

  it('what is only odd is taken: a cosine above 1, a phase twice, a job that goes back in time', async () => {
    for (const [at, changes] of [
      { scores_after: { spk_cos: 1.0781 } },
      { ts: '2025-11-04T22:10:31Z', scores_after: { spk_cos: 0.9 } },
      { ts: '2025-11-04T22:10:30Z', scores_after: { spk_cos: 0.8 } },
    ].entries())
      expect(await desk.append('audio/odd', windowDraft(changes))).toMatchObject({ seq: at })
  })

  describe('where every record must be signed', () => {
    const [, otherLine = ''] = vectorLines('audio-jobs/vectors/seed_schema_signed.jsonl')
    const otherSign = /ed25519:[^"]+/.exec(otherLine)?.[0] ?? ''
    table('signed', () => draftOf(signedLine), [
      broke('no signature', [], windowDraft(), 'sign-missing'),
      broke(
        'the signature of another record',
        [],
        draftOf(signedLine.replace(/ed25519:[^"]+/, otherSign)),
        'sign-invalid',
      ),
      invalid('another scheme', draftOf(signedLine.replace('"sig"', '"scheme": 2, "sig"')), /sign-scheme-unknown/),
    ])
  })
})

describe('workflow-records (§6.8)', () => {
  const other = { tenant_id: 2 }
  const running = jobDraft({ status: 'running' })
  const second = { outcome_id: 'o2', version: 2, parent_outcome_id: 'o1' }
  table('flows', eventDraft, [
    ...formRows(eventDraft),
    ...['1', 1.5, 0, null, undefined].map((tenant) =>
      invalid(`the tenant ${JSON.stringify(tenant)}`, eventDraft({ tenant_id: tenant }), /\/data\/tenant_id/),
    ),
    ...['producer', 'trace'].map((key) =>
      invalid(`no ${key}`, eventDraft({ [key]: undefined }), new RegExp(`/data/${key}`)),
    ),
    invalid('a record id that is no UUID', eventDraft({ record_id: 'x' }), /\/data\/record_id/),
    invalid('another ledger', eventDraft({ ledger_type: 'job' }), /\/data\/ledger_type/),
    invalid('no zone', eventDraft({ created_at: '2026-01-28T19:03:00' }), /\/data\/created_at/),
    invalid('a wrong payload hash', eventDraft({ hash: { payload_hash: hash } }), /payload-hash-mismatch/),
    broke('dup_sequence_no', [eventDraft()], eventDraft({ sequence_no: 1 }), 'duplicate-sequence'),
    broke('a gap in the sequence', [eventDraft()], eventDraft({ sequence_no: 3 }), 'sequence-gap'),
    broke(
      'same_key_other_payload',
      [jobDraft()],
      jobDraft({ status: 'running', input_payload: { to: 8 } }),
      'idempotency-payload-mismatch',
    ),
    broke('a job that begins running', [], running, 'illegal-transition'),
    broke(
      'a second success',
      [jobDraft(), running, jobDraft({ status: 'succeeded', result_payload: null })],
      jobDraft({ status: 'succeeded', result_payload: null }),
      'second-success',
    ),
    broke(
      'draft_after_final_same_version',
      [outcomeDraft({ status: 'final' })],
      outcomeDraft({ outcome_id: 'o9' }),
      'draft-over-final',
    ),
    broke('a version twice', [outcomeDraft()], outcomeDraft({ outcome_id: 'o9' }), 'duplicate-version'),
    broke('a version left out', [outcomeDraft()], outcomeDraft({ ...second, version: 3 }), 'version-gap'),
    broke('a missing parent', [outcomeDraft()], outcomeDraft({ ...second, parent_outcome_id: 'o9' }), 'parent-missing'),
    broke(
      'parent_other_tenant',
      [outcomeDraft(other), outcomeDraft({ outcome_id: 'ox' })],
      outcomeDraft(second),
      'parent-cross-tenant',
    ),
    broke('approval_of_other_version', [gateDraft()], approvalDraft({ outcome_id: 'o0' }), 'approval-mismatch'),
    broke('an approval nobody asked for', [], approvalDraft(), 'approval-mismatch'),
    broke('an approval too late', [gateDraft({ expires_at: '2026-01-28T18:59:59Z' })], approvalDraft(), 'gate-expired'),
    broke(
      'an upload that changes',
      [documentDraft()],
      documentDraft({ source: { hash: `sha256:${'1'.repeat(64)}` } }),
      'raw-document-mutated',
    ),
    invalid(
      'a transformation without its processor',
      documentDraft({ source: undefined, derived: {}, revision: 1 }),
      /\/data/,
    ),
    broke(
      'a memory without its parent',
      [memoryDraft()],
      memoryDraft({ memory_id: 'm2', version: 2 }),
      'parent-missing',
    ),
    broke('two entities with one key', [entityDraft()], entityDraft({ entity_id: 'e2' }), 'duplicate-entity-key'),
    {
      name: 'a record id that an earlier record has',
      before: [{ ...eventDraft(), id: 'ab'.repeat(16) }],
      draft: { ...eventDraft({ severity: 'error' }), id: 'ab'.repeat(16) },
      code: 'IDENTITY_CONFLICT',
      says: /"seq":0/,
    },
  ])

  it('what is right beside it is taken: the same key of another tenant, a change whose event comes later', async () => {
    await desk.append('flows/fine', jobDraft())
    await desk.append('flows/fine', jobDraft({ ...other, input_payload: {} }))
    await desk.append('flows/fine', outcomeDraft())
    const payload = { outcome_id: 'o1', version: 1 }
    await desk.append('flows/fine', eventDraft({ event_type: 'OUTCOME_CREATED', payload }))
    expect(desk.linesOf('flows/fine')).toHaveLength(4)
  })
})

/** An entry of a clock that was wrong. */
function runAhead(): string {
  const entry = { ...(runDraft() as { data: object }).data, run_id: 'run_ahead', timestamp: '2999-01-01T00:00:00.000Z' }
  return JSON.stringify(Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))))
}
