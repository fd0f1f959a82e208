// What is to be said of one entry alone: all eight fields, their types and words (LD1), the form of the hashes (LD4), and
// whether result, bundle and acceptance agree. The same for a stored line and for a draft about to become one.
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { instantFault, memberNode, nameOfKind } from '@ledgerd/schema'
import type { Breach } from '@ledgerd/schema'
import { isValidContentHash } from './content-hash.ts'
import { type ModeVocabulary, modeVocabularyOf, originalModes, seedModes } from './execution-mode.ts'
import { kernelResultKinds, policyProfileNames } from './ledger-entry.ts'
import { textOf } from './entry-text.ts'
import { ruleNames } from './rule-names.ts'

export interface EntryJudgement {
  readonly breaches: readonly Breach[]
  /** The vocabulary that `mode` is written in; undefined if it is in none. */
  readonly variant: ModeVocabulary | undefined
}

/** Judges one entry. Level `lines` stops at form; `schema` also looks whether its fields agree. */
export function judgeEntry(entry: ObjectNode, level: 'lines' | 'schema'): EntryJudgement {
  const breaches: Breach[] = []
  for (const [key, judge] of Object.entries(fieldJudges)) {
    const node = memberNode(entry, key)
    const breach = node === undefined ? missing(key) : judge(node, `/${key}`)
    if (breach !== undefined) breaches.push(breach)
  }
  if (level === 'schema') judgeAgreement(entry, breaches)
  return { breaches, variant: modeVocabularyOf(textOf(entry, 'mode') ?? '') }
}

type FieldJudge = (node: JsonNode, path: string) => Breach | undefined

/** In the order of the seed §4.1. */
const fieldJudges: Readonly<Record<string, FieldJudge>> = {
  run_id: judgeRunId,
  timestamp: judgeTimestamp,
  intent_sha256: judgeHash,
  bundle_sha256: (node, path) => (isNull(node) ? undefined : judgeHash(node, path)),
  result_kind: oneOf(kernelResultKinds),
  accepted: judgeBoolean,
  mode: oneOf([...seedModes, ...originalModes]),
  policy: oneOf(policyProfileNames),
}

function missing(key: string): Breach {
  return ld1('missing-field', `/${key}`, `The entry has no ${key}`)
}

function judgeRunId(node: JsonNode, path: string): Breach | undefined {
  if (node.kind !== 'string') return ld1('wrong-type', path, `run_id is ${nameOfKind(node)}, not a string`)
  return node.value === '' ? ld1('run-id-empty', path, 'run_id is empty') : undefined
}

function judgeTimestamp(node: JsonNode, path: string): Breach | undefined {
  if (node.kind !== 'string') return ld1('timestamp-invalid', path, `timestamp is ${nameOfKind(node)}, not a string`)
  const fault = instantFault(node.value)
  if (fault === undefined) return undefined
  const message = fault === 'timestamp-no-zone' ? 'The timestamp has no zone' : 'The timestamp is no instant'
  return { ...ld1(fault, path, message), found: node.value }
}

function judgeHash(node: JsonNode, path: string): Breach | undefined {
  if (node.kind === 'string' && isValidContentHash(node.value)) return undefined
  const message = `${path.slice(1)} is not sha256: and 64 lower-case hex digits`
  const found = node.kind === 'string' ? node.value : nameOfKind(node)
  return { code: 'hash-format', severity: 'E', path, rule: ruleNames.ld4, found, message }
}

function judgeBoolean(node: JsonNode, path: string): Breach | undefined {
  if (node.kind === 'literal' && node.value !== null) return undefined
  return ld1('wrong-type', path, `accepted is ${nameOfKind(node)}, not a boolean`)
}

function oneOf(words: readonly string[]): FieldJudge {
  return (node, path) => {
    if (node.kind === 'string' && words.includes(node.value)) return undefined
    const found = node.kind === 'string' ? node.value : nameOfKind(node)
    const breach = ld1('wrong-type', path, `${path.slice(1)} is none of ${words.join(', ')}`)
    return { ...breach, expected: words.join(' | '), found }
  }
}

function isNull(node: JsonNode): boolean {
  return node.kind === 'literal' && node.value === null
}

/** Both are warnings: the seed calls for null where there is no bundle, the original only does so for REFUSE. */
function judgeAgreement(entry: ObjectNode, breaches: Breach[]): void {
  const kind = textOf(entry, 'result_kind')
  const bundle = memberNode(entry, 'bundle_sha256')
  if (kind === 'BUNDLE' && bundle !== undefined && isNull(bundle))
    breaches.push(warning('bundle-inconsistent', '/bundle_sha256', 'The result is BUNDLE, but there is no bundle hash'))
  if (kind === 'REFUSE' && bundle?.kind === 'string')
    breaches.push(warning('bundle-inconsistent', '/bundle_sha256', 'The result is REFUSE, but there is a bundle hash'))
  const accepted = memberNode(entry, 'accepted')
  if (kind === 'REFUSE' && accepted?.kind === 'literal' && accepted.value === true)
    breaches.push(warning('accepted-inconsistent', '/accepted', 'The result is REFUSE, but it was accepted'))
}

function ld1(code: string, path: string, message: string): Breach {
  return { code, severity: 'E', path, rule: ruleNames.ld1, message: `${message}.` }
}

function warning(code: string, path: string, message: string): Breach {
  return { code, severity: 'W', path, message: `${message}.` }
}
