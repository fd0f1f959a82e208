// A ledger schema made of what a family says of its records: the engine for every family whose line is one JSON record.
import { declaredArtifacts, hasArtifacts } from '../artifact/declared-artifacts.ts'
import type { ArtifactReference } from '../artifact/artifact-reference.ts'
import type { Draft, LedgerSchema } from '../contract.ts'
import type { EventMap } from '../event.ts'
import { upcastEvent } from '../upcast.ts'
import { refuseBreaches } from './draft-refusals.ts'
import { formatDraft } from './draft-text.ts'
import { EventTypes } from './event-types.ts'
import { RecordChecker } from './record-checker.ts'
import { readDraft } from './record-draft.ts'
import type { RecordFormat } from './record-format.ts'
import { decodeRecord, payloadPointer, recordOf, timeMsOfText } from './record-line.ts'
import { RecordAdmissionRules } from './record-rules.ts'
import { profileNamed, RecordWriter } from './record-writer.ts'

const encoder = new TextEncoder()

/** The schema of a family of records. */
export function recordSchema<Events extends EventMap>(format: RecordFormat<Events>): LedgerSchema<Events> {
  const types = new EventTypes(format.events)
  // Where lines keep the order of members, the wire has to keep it first.
  const dataDialect = format.dialect === 'python-ordered' || format.dialect === 'plain' ? 'python-ordered' : 'python'
  const encodeDraft = (draft: Draft & { readonly id: string }): string =>
    formatDraft(draft, types.find(draft.type)?.plan, dataDialect)
  const viewOf = (line: Uint8Array): ReturnType<RecordFormat['view']> => {
    const record = recordOf(line)
    return record === undefined ? undefined : format.view(record)
  }
  const { openRules, identityOf } = format
  const artifactsOf = artifactsIn(format, types)
  return {
    name: format.name,
    version: format.version,
    family: format.family,
    events: format.events,
    profiles: format.profiles,
    line: format.line,
    links: format.links,
    encodeDraft,
    validate(draft) {
      const id = draft.id ?? format.deriveEventId('', '')
      const read = readDraft(encoder.encode(encodeDraft({ ...draft, id })), types)
      refuseBreaches(read.type, format.judgeDraft(read))
    },
    deriveEventId: (ledger, key) => format.deriveEventId(ledger, key),
    ...(identityOf === undefined ? {} : { identityOf }),
    openWriter: (options) => new RecordWriter(format, types, options),
    ...(openRules === undefined
      ? {}
      : {
          openRules: ({ ledger, profile }) =>
            new RecordAdmissionRules(format, openRules(ledger, profileNamed(format, profile))),
        }),
    openChecker: (options) => new RecordChecker(format, types, options),
    decode: (line) => decodeRecord(line, format),
    upcast: (event) => upcastEvent(format.events, event),
    payloadState({ type, version, data }) {
      const model = types.find(type)?.find(version)?.model
      if (model === undefined) return 'undeclared'
      return model.safeParse(data).success ? 'valid' : 'invalid'
    },
    eventIdOf: (line) => viewOf(line)?.eventId,
    routeOf: (line) => viewOf(line),
    ...(artifactsOf === undefined ? {} : { artifactsOf }),
    timeMsOf(line) {
      const time = viewOf(line)?.time
      return time === undefined ? undefined : timeMsOfText(time)
    },
    profileOf: (variants) => format.profileOf(variants),
  }
}

/** Undefined if no event of the family refers to files. */
function artifactsIn(
  format: RecordFormat,
  types: EventTypes,
): ((line: Uint8Array) => readonly ArtifactReference[]) | undefined {
  const hasAny = types.names.some((name) => {
    const type = types.find(name)
    return Array.from({ length: type?.newest ?? 0 }, (_, at) => type?.find(at + 1)?.model).some(
      (model) => model !== undefined && hasArtifacts(model),
    )
  })
  if (!hasAny && format.artifactsOf === undefined) return undefined
  return (line) => {
    const record = recordOf(line)
    if (record === undefined) return []
    if (format.artifactsOf !== undefined) return format.artifactsOf(record)
    const view = format.view(record)
    const model = view === undefined ? undefined : types.find(view.type)?.find(view.version)?.model
    if (view === undefined || model === undefined) return []
    return declaredArtifacts(model, view.data, payloadPointer(record, view.data).split('/').slice(1))
  }
}
