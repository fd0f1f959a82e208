// The kernel-runs family as a ledger schema: everything the daemon, the verifier and the SDK know about it.
import type { ObjectNode } from '@ledgerd/canonical'
import { keyIdentity, recordSchema } from '@ledgerd/schema'
import type { LedgerSchema, ProfileVerdict, RecordView } from '@ledgerd/schema'
import { judgeEntry } from './entry-judgement.ts'
import { modeVocabularies, type ModeVocabulary } from './execution-mode.ts'
import { run } from './ledger-entry.ts'
import { textOf } from './entry-text.ts'
import { RunChecker } from './run-checker.ts'
import { composeRun, judgeRunDraft } from './run-draft.ts'
import { RunRules } from './run-rules.ts'

const events = { run } as const

const schema: LedgerSchema<typeof events> = recordSchema({
  name: '@ledgerd/schema-kernel-runs',
  version: '0.1.0',
  family: 'kernel-runs',
  events,
  profiles: modeVocabularies,
  line: { dialects: ['kernel'], identity: ['/run_id'], time: '/timestamp' },
  links: {},
  dialect: 'kernel',
  isSpellingFixed: true,
  readsNonFinite: false,
  crlfSeverity: 'E',
  hasIdentityRule: true,
  deriveEventId: keyIdentity,
  judgeDraft: judgeRunDraft,
  compose: composeRun,
  view,
  judgeRecord: (entry, { level }) => judgeEntry(entry, level),
  openRules: (_ledger, profile) => new RunRules(vocabularyNamed(profile)),
  profileOf,
})

/** The schema of ledgers with one entry per kernel run. Profiles: `seed`, and `original` for its words of `mode`. */
export const kernelRuns: LedgerSchema<typeof events> = {
  ...schema,
  openChecker: (options) => new RunChecker(schema.openChecker(options)),
}

/** An entry without a run id is none: nothing tells it from another. */
function view(record: ObjectNode): RecordView | undefined {
  const runId = textOf(record, 'run_id')
  if (runId === undefined || runId === '') return undefined
  const time = textOf(record, 'timestamp') ?? ''
  return { eventId: runId, type: 'run', version: 1, link: null, time, meta: undefined, data: record }
}

function vocabularyNamed(profile: string | undefined): ModeVocabulary | undefined {
  return modeVocabularies.find((name) => name === profile)
}

/** A file that mixes both vocabularies goes on in the seed's, which is written unless the other is asked for. */
function profileOf(variants: ReadonlyMap<string, number>): ProfileVerdict {
  const isSeed = (variants.get('seed') ?? 0) > 0
  const isOriginal = (variants.get('original') ?? 0) > 0
  return { profile: isOriginal && !isSeed ? 'original' : 'seed' }
}
