// The workflow-records family as a ledger schema: everything the daemon, the verifier and the SDK know about it.
import { keyIdentity, recordSchema } from '@ledgerd/schema'
import type { LedgerSchema, RecordFormat } from '@ledgerd/schema'
import { composeRecord, contentOfRecord } from './compose.ts'
import { judgeDraft } from './draft-check.ts'
import { judgeRecord } from './record-check.ts'
import { identityOf } from './record-id.ts'
import { viewRecord } from './record-view.ts'
import { records } from './records.ts'
import { WorkflowRules } from './rules.ts'

const format: RecordFormat<typeof records> = {
  name: '@ledgerd/schema-workflow-records',
  version: '0.1.0',
  family: 'workflow-records',
  events: records,
  profiles: ['rfc-v1'],
  line: { dialects: ['python'], identity: ['/record_id'], time: '/created_at', version: '/schema_version' },
  links: { workflow: { path: '/trace/workflow_id', cardinality: 'one-to-many' } },
  dialect: 'python-ordered',
  isSpellingFixed: false,
  readsNonFinite: false,
  crlfSeverity: 'W',
  hasIdentityRule: true,
  identityOf,
  deriveEventId: keyIdentity,
  judgeDraft,
  compose: composeRecord,
  view: viewRecord,
  judgeRecord,
  contentOf: contentOfRecord,
  openRules: () => new WorkflowRules(),
  profileOf: () => ({ profile: 'rfc-v1' }),
}

/** Events, jobs, outcomes, documents, memories and entities of workflows, in one ledger or one each. */
export const workflowRecords: LedgerSchema<typeof records> = recordSchema(format)
