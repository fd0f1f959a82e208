// From a draft to the record on disk: what writers refuse that readers bear, and the order of members (formats §5.1).
import type { JsonMember, ObjectNode } from '@ledgerd/canonical'
import { breachAt, memberNode, textNode } from '@ledgerd/schema'
import type { Breach, RecordDraft } from '@ledgerd/schema'
import { textOf } from './node-facts.ts'
import { recordKind } from './record-kind.ts'
import { judgeReference, referencesOf } from './reference.ts'
import { readSign } from './sign-member.ts'
import { judgePhaseUse } from './window-consistency.ts'
import { windowMembers } from './window-form.ts'

/** Readers warn of these; a writer that is told can still mend them. */
const refusedWarnings: ReadonlySet<string> = new Set(['hash-truncated', 'phase-mismatch'])

/** What of a draft cannot be recorded, or not as what it says it is. */
export function judgeDraft({ type, data, link, meta }: RecordDraft): readonly Breach[] {
  const breaches: Breach[] = []
  const kind = recordKind(data)
  if (kind !== type)
    breaches.push(refusal('kind-mismatch', '/data', `This would be read back as a ${kind}, not as a ${type}.`))
  if (meta !== undefined)
    breaches.push(refusal('meta-not-kept', '/meta', 'A record of this family has no place for meta.'))
  const job = type === 'window' ? textOf(memberNode(data, 'job_id')) : undefined
  if (link !== null && link !== job)
    breaches.push(refusal('link-not-kept', '/link', 'The link of a window is its job_id; other kinds have none.'))
  return type === 'window' ? [...breaches, ...judgeWindowDraft(data)] : breaches
}

/** The only form that writers use; it is as long as any. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

function judgeWindowDraft(data: ObjectNode): Breach[] {
  const warnings = [
    ...referencesOf(data)
      .map(judgeReference)
      .filter((breach) => breach !== undefined),
    ...judgePhaseUse(data, Number.POSITIVE_INFINITY),
  ]
  const breaches = warnings
    .filter(({ code }) => refusedWarnings.has(code))
    .map((breach): Breach => ({ ...breachAt(breach, `/data${breach.path ?? ''}`), severity: 'E' }))
  const time = textOf(memberNode(data, 'ts'))
  if (time !== undefined && !timePattern.test(time))
    breaches.push(refusal('timestamp-form', '/data/ts', 'Write ts in whole seconds, as 2025-11-04T22:10:31Z.'))
  const sign = readSign(data)
  if (sign.kind !== 'unsigned' && time === undefined)
    breaches.push(refusal('missing-field', '/data/ts', 'A signed record must have ts: the signature covers it.'))
  if (sign.kind === 'unknown-scheme')
    breaches.push(refusal('sign-scheme-unknown', '/data/sign/scheme', 'Only scheme 1 is written.'))
  return breaches
}

function refusal(code: string, path: string, message: string): Breach {
  return { code, severity: 'E', path, message }
}

/** Unknown members stand between the seed's and `sign`, which ends a record. Nested members keep the order given. */
export function composeRecord({ type, data }: RecordDraft, timeMs: number): ObjectNode {
  const time = memberNode(data, 'ts') === undefined && type === 'window' ? [timeMember(timeMs)] : []
  const members = [...time, ...data.members]
  const rank = type === 'window' ? windowRank : rowRank
  // Sorting is stable, so members of equal rank stay as they stood.
  return { ...data, members: members.sort((a, b) => rank(a.key) - rank(b.key)) }
}

function timeMember(timeMs: number): JsonMember {
  const text = `${new Date(timeMs).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`
  return { key: 'ts', keyStart: -1, value: textNode(text) }
}

const ranks: ReadonlyMap<string, number> = new Map([...windowMembers.entries()].map(([rank, key]) => [key, rank]))

function windowRank(key: string): number {
  return key === 'sign' ? windowMembers.length + 1 : (ranks.get(key) ?? windowMembers.length)
}

/** The original put the time before the row. */
function rowRank(key: string): number {
  return key === 'ts' || key === 't' ? 0 : 1
}
