// What the invariants know of a ledger survives the daemon, because it is rebuilt from the JSONL alone: after SIGKILL, and
// again without anything derived beside the files, every breach that depends on earlier lines is refused as before.
import type { ErrorCode } from '@ledgerd/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FamilyDesk } from '../test/family-desk.ts'
import * as make from '../test/family-drafts.ts'

const { runDraft, artifactDraft, windowDraft, eventDraft, jobDraft, outcomeDraft } = make
const { documentDraft, memoryDraft, entityDraft, gateDraft, approvalDraft } = make

interface Breach {
  readonly name: string
  /** One object, so that what is refused thrice is the same draft. */
  readonly draft: object
  readonly code: ErrorCode
  readonly says: RegExp
}

const broke = (name: string, draft: object, rule: string): Breach => ({
  ...{ name, draft, code: 'INVARIANT_VIOLATED', says: new RegExp(`"rule":"${rule}"`) },
})

interface Family {
  readonly family: string
  readonly ledger: string
  readonly history: readonly object[]
  readonly breaches: readonly Breach[]
  /** Sound only if the history is known, and what the line must then hold. */
  readonly next: { readonly draft: object; readonly holds: RegExp }
}

const failed = { status: 'failed', error: { code: 'RATE_LIMIT', retryable: true } }
const second = { outcome_id: 'o2', version: 2, parent_outcome_id: 'o1' }

const families: readonly Family[] = [
  {
    family: 'kernel-runs',
    ledger: 'runs/a',
    history: [runDraft({ run_id: 'run_1' }), runDraft({ run_id: 'run_2', accepted: false })],
    breaches: [
      {
        name: 'a run id again',
        draft: runDraft({ run_id: 'run_1', accepted: false }),
        code: 'IDENTITY_CONFLICT',
        says: /"seq":0/,
      },
      broke('a mode of the other vocabulary', runDraft({ mode: 'execute-sandbox' }), 'mode-vocabulary'),
    ],
    next: { draft: runDraft({ run_id: 'run_3' }), holds: /"run_id":"run_3"/ },
  },
  {
    family: 'build-order',
    ledger: 'builds/a',
    history: [{ ...artifactDraft(), id: 'b1'.repeat(16) }],
    breaches: [
      {
        name: 'another count under an identity',
        draft: { ...artifactDraft({ count: 9 }), id: 'b1'.repeat(16) },
        code: 'IDENTITY_CONFLICT',
        says: /"seq":0/,
      },
    ],
    next: { draft: artifactDraft({ count: 9 }), holds: /"count": 9/ },
  },
  {
    family: 'audio-jobs',
    ledger: 'audio/a',
    history: [windowDraft()],
    // Of a window beside other windows there are warnings only (formats §5.1); none refuses a draft.
    breaches: [],
    next: { draft: windowDraft({ scores_after: { clap: 0.4 } }), holds: /"clap": 0\.4/ },
  },
  {
    family: 'workflow-records',
    ledger: 'flows/a',
    history: [
      ...[eventDraft(), eventDraft(), gateDraft(), approvalDraft()],
      ...[jobDraft(), jobDraft({ status: 'running' }), jobDraft(failed)],
      ...[outcomeDraft(), outcomeDraft({ ...second, status: 'final' }), documentDraft(), memoryDraft(), entityDraft()],
    ],
    breaches: [
      broke('a number again', eventDraft({ sequence_no: 2 }), 'duplicate-sequence'),
      broke('a number left out', eventDraft({ sequence_no: 6 }), 'sequence-gap'),
      broke('another decision', approvalDraft({ outcome_id: 'o0' }), 'approval-mismatch'),
      broke('the same attempt again', jobDraft({ status: 'running' }), 'illegal-transition'),
      broke('another input', jobDraft({ attempt: 2, input_payload: {} }), 'idempotency-payload-mismatch'),
      broke('a draft over a final', outcomeDraft({ ...second, outcome_id: 'o9' }), 'draft-over-final'),
      broke('a version again', outcomeDraft({ outcome_id: 'o9' }), 'duplicate-version'),
      broke(
        'a parent of another tenant',
        outcomeDraft({ outcome_id: 'o5', lineage_id: 'l5', parent_outcome_id: 'o1', tenant_id: 2 }),
        'parent-cross-tenant',
      ),
      broke(
        'an upload that changes',
        documentDraft({ source: { hash: `sha256:${'1'.repeat(64)}` } }),
        'raw-document-mutated',
      ),
      broke('a memory again', memoryDraft({ memory_id: 'm9' }), 'duplicate-version'),
      broke('a key of another entity', entityDraft({ entity_id: 'e9' }), 'duplicate-entity-key'),
    ],
    next: { draft: jobDraft({ status: 'running', attempt: 2 }), holds: /"attempt": 2/ },
  },
]

let desk: FamilyDesk
beforeAll(async () => {
  desk = await FamilyDesk.start()
  for (const { ledger, history } of families) for (const draft of history) await desk.append(ledger, draft)
})
afterAll(async () => {
  await desk.stop()
})

const moments: readonly { name: string; pass: () => Promise<void> }[] = [
  { name: 'in the daemon that took the history', pass: async () => {} },
  { name: 'after SIGKILL', pass: async () => await desk.killAndRestart() },
  {
    name: 'after SIGKILL, with nothing beside the files',
    pass: async () => await desk.killAndRestart({ isDerivedStateLost: true }),
  },
]

describe.each(moments)('$name', ({ pass }) => {
  beforeAll(async () => await pass())

  describe.each(families)('$family', ({ ledger, history, breaches }) => {
    if (breaches.length > 0)
      it.each(breaches)('refuses $name', async ({ draft, code, says }) => {
        await desk.expectRefused(ledger, draft, code, says)
        expect(desk.linesOf(ledger)).toHaveLength(history.length)
      })

    it('answers each draft of the history with its first receipt', async () => {
      for (const [seq, draft] of history.entries())
        expect(await desk.append(ledger, draft)).toMatchObject({ seq, duplicate: true })
      expect(desk.linesOf(ledger)).toHaveLength(history.length)
    })
  })
})

describe('afterwards', () => {
  it.each(families)('$family goes on where it was', async ({ ledger, history, next }) => {
    expect(await desk.append(ledger, next.draft)).toMatchObject({ seq: history.length, duplicate: false })
    expect(desk.linesOf(ledger).at(-1)).toMatch(next.holds)
  })

  it('events go on with the number after the last', async () => {
    await desk.append('flows/a', eventDraft())
    expect(desk.linesOf('flows/a').at(-1)).toMatch(/"sequence_no": 5\b/)
  })
})
