// How bad this family takes what is found, where it is not simply an error (formats §1.5, §2.2).
import type { Severity } from '@ledgerd/schema'

export const findingSeverities: Readonly<Record<string, Severity>> = {
  'event-id-format': 'W',
  'event-type-format': 'W',
  'orphan-translation': 'W',
  'payload-invalid': 'W',
  'schema-version-unsupported': 'W',
  'state-gap': 'W',
  'unknown-field': 'W',
}
