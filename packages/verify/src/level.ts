// The levels of verification, in order, each including those before it; and which of them a finding speaks against.
// What each one proves and does not prove is said here once, for every face that prints it (proofs §13).
import type { Finding } from '@ledgerd/schema'

export type Level = 'tail' | 'lines' | 'tree' | 'schema' | 'signed' | 'anchored' | 'artifacts'

export const levels: readonly Level[] = ['tail', 'lines', 'tree', 'schema', 'signed', 'anchored', 'artifacts']

export interface LevelMeaning {
  readonly checks: string
  readonly proves: string
  readonly doesNotProve: string
}

export const levelMeanings: Readonly<Record<Level, LevelMeaning>> = {
  tail: {
    checks: 'the last line is complete and right by the rules of its family, its checksum too if it has one',
    proves: 'the last write was not torn',
    doesNotProve: 'anything about other lines, or that this line is genuine',
  },
  lines: {
    checks: 'every line: line feed, UTF-8, JSON, size, and the checksum of its family',
    proves: 'no accidental damage inside a line',
    doesNotProve: 'that none is missing, added, moved or rewritten: checksums have no key',
  },
  tree: {
    checks: 'every byte hashed anew, and the tree root compared with the head record and the stored leaf hashes',
    proves: 'file and sidecar agree; names the first line that differs',
    doesNotProve: 'anything against someone who can write the sidecar too',
  },
  schema: {
    checks: 'types, payloads, invariants, unique identities',
    proves: 'every line means something legal',
    doesNotProve: 'authenticity: a well-formed forgery passes',
  },
  signed: {
    checks: 'signed checkpoints under a pinned key of the log',
    proves: 'the holder of the key vouched for the covered lines',
    doesNotProve: 'freshness, or that no second history exists',
  },
  anchored: {
    checks: 'the history extends a checkpoint that was remembered or cosigned elsewhere',
    proves: 'nothing below the anchor was changed, cut or forked since',
    doesNotProve: 'lines after the anchor, or the truth of what was recorded',
  },
  artifacts: {
    checks: 'the content ids that lines name exist and match',
    proves: 'the payloads are the recorded ones',
    doesNotProve: 'that they are meaningful, or will be kept',
  },
}

/**
 * Findings about one line by itself, its envelope included: what line checkers say at their level `lines`, and what the
 * driver says (formats §1.5, §2.2, §2.9).
 */
const lineCodes: ReadonlySet<string> = new Set([
  'blank-field',
  'blank-line',
  'bom',
  'checksum-format',
  'checksum-mismatch',
  'checksum-missing',
  'cid-format',
  'crlf',
  'duplicate-key',
  'event-id-format',
  'event-type-format',
  'glued-records',
  'hash-format',
  'invalid-utf8',
  'ipc-hash-format',
  'json-invalid',
  'line-too-long',
  'lone-surrogate',
  'missing-field',
  'non-finite-number',
  'not-an-object',
  'not-canonical',
  'nul-bytes',
  'number-too-long',
  'run-id-empty',
  'schema-version-unsupported',
  'sign-digest-mismatch',
  'sign-format',
  'sign-invalid',
  'sign-missing',
  'sign-scheme-unknown',
  'sign-unchecked',
  'timestamp-invalid',
  'timestamp-no-zone',
  'too-deep',
  'torn-tail',
  'uncommitted-tail',
  'unknown-field',
  'unterminated-line',
  'world-mismatch',
  'wrong-type',
])

/** Findings of the comparison with the sidecar. */
const treeCodes: ReadonlySet<string> = new Set([
  'chain-mismatch',
  'index-differs',
  'line-edited',
  'lines-deleted',
  'lines-duplicated',
  'lines-inserted',
  'lines-reordered',
  'root-mismatch',
  'truncated',
])

/** Findings of looking up the files that lines refer to; about the store, not about the line. */
const artifactCodes: ReadonlySet<string> = new Set([
  'artifact-mismatch',
  'artifact-missing',
  'artifact-unchecked',
  'artifact-unreadable',
])

/** The levels that have findings of their own. */
export type FindingLevel = 'lines' | 'tree' | 'schema' | 'artifacts'

/** The level a finding belongs to. What is neither about a line alone, the tree nor a file elsewhere is a rule of the family: schema. */
export function levelOf(finding: Pick<Finding, 'code'>): FindingLevel {
  if (lineCodes.has(finding.code)) return 'lines'
  if (artifactCodes.has(finding.code)) return 'artifacts'
  return treeCodes.has(finding.code) ? 'tree' : 'schema'
}

/** True if a run at level `requested` includes `level`. */
export function includesLevel(requested: Level, level: Level): boolean {
  return levels.indexOf(level) <= levels.indexOf(requested)
}
