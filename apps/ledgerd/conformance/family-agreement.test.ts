// Admission and verify hold the same: of random drafts, whatever a family's writer and rules take becomes lines in which
// its checker finds no error; and rules that learnt the same lines as history decide every further draft the same way.
// FAMILY_DRAFTS=100000 is the long form.
import { LedgerError, type AdmissionRules, type LedgerSchema } from '@ledgerd/schema'
import { audioJobs } from '@ledgerd/schema-audio-jobs'
import { buildOrder } from '@ledgerd/schema-build-order'
import { kernelRuns } from '@ledgerd/schema-kernel-runs'
import { workflowRecords } from '@ledgerd/schema-workflow-records'
import { describe, expect, it } from 'vitest'
import * as make from '../test/family-drafts.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'

const draftCount = rounds('FAMILY_DRAFTS', 1500)

type Pick = <T>(items: readonly T[]) => T

interface Family {
  readonly schema: LedgerSchema
  /** A draft whose members come from small sets, so that drafts meet again. */
  draft(pick: Pick): object
  /** Errors that only the end can tell, about lines that were sound when they were written. */
  readonly toldAtEnd: readonly string[]
  /** So many rules at least must have refused drafts for the run to mean something. */
  readonly rulesMin: number
}

const odd = [undefined, null, '', 'x', 0, -1, 1.5, [], {}, make.hash] as const

const families: readonly Family[] = [
  {
    schema: kernelRuns,
    draft: (pick) =>
      make.runDraft({
        run_id: `run_${pick(numbers(400))}`,
        mode: pick(['none', 'record', 'replay', 'plan-only']),
        result_kind: pick(['BUNDLE', 'CLARIFY', 'REFUSE']),
        bundle_sha256: pick([null, make.hash]),
        ...oddly(pick, ['policy', 'accepted', 'intent_sha256', 'note']),
      }),
    toldAtEnd: [],
    rulesMin: 2,
  },
  {
    schema: buildOrder,
    draft: (pick) =>
      pick([
        make.artifactDraft({ count: pick(numbers(5)), ...oddly(pick, ['hash', 'rule', 'stageKey', 'chunkHashes']) }),
        make.seedsDraft({ fileCount: pick(numbers(5)), ...oddly(pick, ['mode', 'stageKey', 'fileListHash']) }),
      ]),
    toldAtEnd: [],
    rulesMin: 1,
  },
  {
    schema: audioJobs,
    draft: (pick) => {
      const [n, k] = [pick(numbers(3)), pick(numbers(9))]
      return make.windowDraft({
        job_id: pick(['J_1', 'J_2']),
        phase: `audio.window#${n}.refine#${k}`,
        window_idx: n,
        icw_capsule_id: `AUDIO_W00${n}`,
        seed_bundle: { window: pick([n, n, n, 7]) },
        scores_after: { clap: pick([0.3, 1.2, -14]) },
        ...oddly(pick, ['ts', 'engines', 'artifacts', 'request', 'sign']),
      })
    },
    toldAtEnd: [],
    rulesMin: 1,
  },
  {
    schema: workflowRecords,
    draft: (pick) => pick(workflowDrafts)(pick),
    toldAtEnd: ['change-without-event', 'two-active'],
    rulesMin: 10,
  },
]

const ids = numbers(6)
const workflowDrafts: readonly ((pick: Pick) => object)[] = [
  (pick) => make.eventDraft({ ...header(pick), sequence_no: pick([undefined, undefined, 1, 2, 9]) }),
  (pick) =>
    make.eventDraft({ ...header(pick), event_type: pick(['GATE_REQUESTED', 'GATE_EXPIRED']), payload: gate(pick) }),
  (pick) =>
    make.eventDraft({ ...header(pick), event_type: pick(['USER_APPROVED', 'USER_REJECTED']), payload: gate(pick) }),
  (pick) =>
    make.eventDraft({
      ...header(pick),
      event_type: pick(['OUTCOME_CREATED', 'MEMORY_CREATED', 'MEMORY_DEACTIVATED', 'ENTITY_CREATED']),
      payload: {
        outcome_id: `o${pick(ids)}`,
        memory_id: `m${pick(ids)}`,
        entity_id: `e${pick(ids)}`,
        version: pick(ids),
      },
    }),
  (pick) =>
    make.jobDraft({
      ...header(pick),
      idempotency_key: `k${pick(numbers(15))}`,
      status: pick(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
      attempt: pick([1, 1, 1, 2]),
      input_payload: { to: pick([7, 7, 7, 8]) },
      error: { code: 'X', retryable: pick([true, false]) },
    }),
  (pick) => {
    const [lineage, version] = [pick(numbers(20)), pick([1, 2, 3])]
    return make.outcomeDraft({
      ...header(pick),
      lineage_id: `l${lineage}`,
      outcome_id: `o${lineage}.${version}`,
      version,
      parent_outcome_id: pick([version === 1 ? null : `o${lineage}.${version - 1}`, 'o1.1']),
      status: pick(['draft', 'draft', 'final', 'superseded', 'retracted', 'failed']),
    })
  },
  (pick) =>
    make.documentDraft({
      ...header(pick),
      document_id: `d${pick(ids)}`,
      source: { hash: `sha256:${String(pick([1, 2])).repeat(64)}` },
      revision: pick([0, 1]),
      ...pick([{}, { derived: { content_hash: 'x' }, processor_version: 'p' }]),
    }),
  (pick) => {
    const [lineage, version] = [pick(numbers(20)), pick([1, 2, 3])]
    return make.memoryDraft({
      ...header(pick),
      lineage_id: `l${lineage}`,
      memory_id: `m${lineage}.${version}`,
      version,
      parent_memory_id: version === 1 ? null : `m${lineage}.${version - 1}`,
    })
  },
  (pick) =>
    make.entityDraft({
      ...header(pick),
      entity_id: `e${pick(ids)}`,
      version: pick([1, 2]),
      canonical_key_hash: pick(['h1', 'h2']),
    }),
]

function header(pick: Pick): object {
  const trace = { correlation_id: 'c1', workflow_id: pick(['w1', 'w2', 'w3']) }
  return {
    tenant_id: pick([1, 1, 1, 2]),
    trace,
    ...(pick(numbers(20)) === 0 ? oddly(pick, ['hash', 'record_id']) : {}),
  }
}

function gate(pick: Pick): object {
  return { gate_id: `g${pick(ids)}`, outcome_id: `o${pick([1, 1, 2])}`, actor_id: pick([8, 9]) }
}

describe.each(families)('$schema.family', ({ schema, draft, toldAtEnd, rulesMin }) => {
  it(`over ${draftCount} drafts`, { timeout: 20_000 + draftCount * 10 }, () => {
    const random = seeded(seedOfRun(`family-agreement ${schema.family}`))
    const pick: Pick = (items) => items[Math.floor(random() * items.length)] as (typeof items)[number]
    const ledger = 'any/ledger'
    const [daemon, witness] = [schema, schema].map(({ openRules }) => openRules?.({ ledger }))
    const writer = schema.openWriter({ ledger })
    const lines: Uint8Array[] = []
    const refused = new Set<unknown>()
    for (let n = 0; n < draftCount; n++) {
      const timeMs = Date.UTC(2026, 0, 28) + n * 10
      const bytes = Buffer.from(JSON.stringify(draft(pick)))
      const admit = (rules: AdmissionRules | undefined): { line: Uint8Array; undo: () => void } => {
        const admitted = writer.admit(bytes)
        const stamp = { seq: lines.length, timeMs }
        const turn = rules?.take(admitted, stamp)
        const target = new Uint8Array(admitted.lineBytesMax)
        const end = writer.seal(admitted, turn?.stamp ?? stamp, target, 0)
        return { line: target.subarray(0, end - 1), undo: turn?.undo ?? (() => {}) }
      }
      const [taken, seen] = [outcomeOf(() => admit(daemon)), outcomeOf(() => admit(witness))]
      if (taken instanceof LedgerError || seen instanceof LedgerError) {
        expect(taken, 'both refuse, for the same').toEqual(seen)
        const { rule } = (taken as LedgerError).details
        if (rule !== undefined) refused.add(rule)
        continue
      }
      expect(Buffer.from(taken.line).equals(seen.line)).toBe(true)
      // The one remembers that it took the draft; the other forgets it and reads the line as history.
      seen.undo()
      witness?.replay(taken.line)
      lines.push(taken.line)
    }
    const checker = schema.openChecker({ ledger })
    let offset = 0
    const findings = lines.flatMap((line, at) => {
      const place = { line: at + 1, offset }
      offset += line.length + 1
      return checker.check(line, place).findings
    })
    expect(findings.filter(({ severity }) => severity === 'E')).toEqual([])
    const atEnd = checker.finish().filter(({ severity }) => severity === 'E')
    expect(toldAtEnd).toEqual(expect.arrayContaining([...new Set(atEnd.map(({ code }) => code))]))
    expect(lines.length).toBeGreaterThan(100)
    expect(refused.size, 'the drafts were bad enough').toBeGreaterThanOrEqual(rulesMin)
  })
})

function outcomeOf<T>(run: () => T): T | LedgerError {
  try {
    return run()
  } catch (error) {
    if (error instanceof LedgerError) return error
    throw error
  }
}

/** One of the members made odd, once in a while. */
function oddly(pick: Pick, members: readonly string[]): object {
  return pick(numbers(6)) === 0 ? { [pick(members)]: pick(odd) } : {}
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}
