// The frozen form of a schema as the daemon records it: the digest by which a ledger knows it, the copy that keeps the
// ledger readable after the package is gone, and what a newer version must not have changed.
import { formatFrozen, freezeSchema, parseFrozen } from '@ledgerd/schema-tools/frozen'
import type { LedgerSchema } from '@ledgerd/schema'

export interface FrozenCopy {
  /** `sha256:<hex>`; covers name and version too. */
  readonly digest: string
  readonly text: string
}

/** Freezes a schema. */
export function freeze(schema: LedgerSchema): FrozenCopy {
  const frozen = freezeSchema(schema)
  return { digest: frozen.digest, text: formatFrozen(frozen) }
}

/**
 * What the newer copy changes of what the older one published: sentences, empty when it only adds. Throws CONFIG_INVALID
 * when a copy is not what was kept; `source` says where the older one came from.
 */
export function changesOf(older: string, newer: string, source: string): string[] {
  const before = parseFrozen(older, source)
  const after = parseFrozen(newer, 'the loaded schema')
  const line = JSON.stringify(before.line) === JSON.stringify(after.line) ? [] : ['what its lines declare is another']
  const events = Object.entries(before.events).flatMap(([type, versions]) => {
    const now = after.events[type]
    if (now === undefined) return [`the event type ${type} is gone`]
    return versions.flatMap(({ version, digest }) =>
      now[version - 1]?.digest === digest ? [] : [`version ${version} of ${type} is another`],
    )
  })
  return [...line, ...events]
}
