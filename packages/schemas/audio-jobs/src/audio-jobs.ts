// The audio-jobs family as a ledger schema: everything the daemon, the verifier and the SDK know about it.
import { keyIdentity, recordSchema } from '@ledgerd/schema'
import type { LedgerSchema } from '@ledgerd/schema'
import { readOptions } from './audio-job-options.ts'
import type { AudioJobsOptions } from './audio-job-options.ts'
import { review, tool } from './imported-rows.ts'
import { composeRecord, judgeDraft } from './record-draft.ts'
import { judgeRecord } from './record-judgement.ts'
import { viewRecord } from './record-view.ts'
import { artifactsOf } from './reference.ts'
import { window } from './window.ts'
import { WindowRules } from './window-rules.ts'

const events = { window, review, tool } as const

export type AudioJobs = LedgerSchema<typeof events>

/** The schema under the decisions of a project. Throws CONFIG_INVALID. */
export function configureAudioJobs(options: AudioJobsOptions): AudioJobs {
  const settings = readOptions(options)
  return recordSchema({
    ...settings.package,
    family: 'audio-jobs',
    events,
    profiles: ['seed'],
    // The identity is the content of the record, as a pointer to all of it.
    line: { dialects: ['python-ordered'], identity: [''], time: '/ts' },
    links: { job: { path: '/job_id', cardinality: 'one-to-many' } },
    dialect: 'python-ordered',
    isSpellingFixed: false,
    readsNonFinite: true,
    crlfSeverity: 'W',
    hasIdentityRule: true,
    deriveEventId: keyIdentity,
    judgeDraft,
    compose: composeRecord,
    view: viewRecord,
    judgeRecord: (record, { level }) => judgeRecord(record, level, settings),
    artifactsOf,
    openRules: () => new WindowRules(),
    profileOf: () => ({ profile: 'seed' }),
  })
}

/** Signatures are read and their digests checked; verifying them takes keys, see `configureAudioJobs`. */
export const audioJobs: AudioJobs = configureAudioJobs({})
