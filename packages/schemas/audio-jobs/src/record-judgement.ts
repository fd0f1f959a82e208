// Everything that can be said of one stored record alone, by kind (formats §5). The same judgement refuses drafts.
import type { ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import type { Breach } from '@ledgerd/schema'
import type { AudioJobsSettings } from './audio-job-options.ts'
import { judgeSignature } from './judge-signature.ts'
import { judgeEngines } from './provenance.ts'
import { recordKind } from './record-kind.ts'
import { schemaVersion, schemaVersionOf } from './record-view.ts'
import { judgeReference, referencesOf } from './reference.ts'
import { judgePhaseUse, judgeScoreRanges } from './window-consistency.ts'
import { judgeWindowForm } from './window-form.ts'

/** The documented forms of a line: `signed` and `unsigned` windows, `review` and `tool` rows. */
export type RecordVariant = 'signed' | 'unsigned' | 'review' | 'tool'

export interface RecordJudgement {
  readonly breaches: readonly Breach[]
  /** Undefined if something is wrong with the record. */
  readonly variant: RecordVariant | undefined
}

/** At level 'lines' types, the form of references, and the signature; at level 'schema' also what all of it says. */
export function judgeRecord(
  record: ObjectNode,
  level: 'lines' | 'schema',
  settings: AudioJobsSettings,
): RecordJudgement {
  const kind = recordKind(record)
  const breaches = [
    ...(kind === 'window' ? judgeWindow(record, level, settings) : []),
    ...judgeSignature(record, settings.signature),
  ]
  const isSound = breaches.every(({ severity }) => severity !== 'E')
  if (!isSound) return { breaches, variant: undefined }
  if (kind !== 'window') return { breaches, variant: kind }
  return { breaches, variant: memberNode(record, 'sign') === undefined ? 'unsigned' : 'signed' }
}

/** A record of another version is kept and not interpreted; its signature is. */
function judgeWindow(record: ObjectNode, level: 'lines' | 'schema', { loopsMax }: AudioJobsSettings): Breach[] {
  const version = schemaVersionOf(record)
  if (version !== undefined && version !== schemaVersion) return [versionUnsupported(version)]
  const references = referencesOf(record)
    .map(judgeReference)
    .filter((breach) => breach !== undefined)
  if (level === 'lines') return [...judgeWindowForm(record), ...references.filter(({ severity }) => severity === 'E')]
  return [
    ...judgeWindowForm(record),
    ...references,
    ...judgeEngines(record),
    ...judgePhaseUse(record, loopsMax),
    ...judgeScoreRanges(record),
  ]
}

function versionUnsupported(version: number): Breach {
  return {
    code: 'schema-version-unsupported',
    severity: 'W',
    path: '/schema_version',
    expected: String(schemaVersion),
    found: String(version),
    message: 'The record has another version; only its signature was checked.',
  }
}
