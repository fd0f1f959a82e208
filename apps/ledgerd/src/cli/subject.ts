// `--subject character=Mira`: only events about somebody or something, by the fields that the schema declares as such.
// Ids compare as text; a match by name is no proof that it is the same one, and is said to be none.
import { declaredSubjects, type SubjectReference } from '@ledgerd/schema'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { LineItem } from './line-item.ts'
import { decodeItem } from './record-value.ts'

export interface SubjectWanted {
  /** Any kind when undefined. */
  readonly kind: string | undefined
  readonly text: string
  /** Called at the first line that was matched by a name alone. */
  readonly onNameOnly: () => void
}

/** Parses KIND=VALUE or VALUE. Throws CliError. */
export function parseSubject(source: string, onNameOnly: () => void): SubjectWanted {
  const [, kind, text = ''] = /^(?:([a-z][a-z0-9_-]*)=)?(.*)$/s.exec(source) ?? []
  if (text === '')
    throw new CliError(exitCodes.usage, 'a subject needs a value', "--subject character=Mira, --subject '7'")
  return { kind, text, onNameOnly }
}

/** True if the event is about the subject; a line that cannot be read is about nobody. */
export function isAbout(wanted: SubjectWanted | undefined, item: LineItem): boolean {
  if (wanted === undefined) return true
  const matching = subjectsOf(item).filter(({ kind, text }) => (wanted.kind ?? kind) === kind && text === wanted.text)
  if (matching.length === 0) return false
  if (matching.every(({ by }) => by === 'name')) wanted.onNameOnly()
  return true
}

function subjectsOf(item: LineItem): readonly SubjectReference[] {
  const event = decodeItem(item)
  if (event === undefined) return []
  const versions = item.schema?.events[event.type]?.versions
  const model = versions?.[event.version - 1]?.model
  return model === undefined ? [] : declaredSubjects(model, event.data)
}
