// @ledgerd/schema-workflow-records: events, jobs, outcomes, documents, memories and entities of workflows.
export { workflowRecords } from './workflow-records.ts'
