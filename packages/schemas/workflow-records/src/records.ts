// The six ledgers as event types: a record's `ledger_type` is its type.
import { documentRecord } from './document-record.ts'
import { entityRecord } from './entity-record.ts'
import { eventRecord } from './event-record.ts'
import { jobRecord } from './job-record.ts'
import { memoryRecord } from './memory-record.ts'
import { outcomeRecord } from './outcome-record.ts'

export const records = {
  event: eventRecord,
  job: jobRecord,
  outcome: outcomeRecord,
  document: documentRecord,
  memory: memoryRecord,
  entity: entityRecord,
}
