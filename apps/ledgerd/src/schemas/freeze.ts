// The frozen form of a schema as the daemon records it: which package in which version, and the digest under which a copy
// is kept. The only place that knows how a schema is frozen.
import { createHash } from 'node:crypto'
import { formatValue } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import * as z from 'zod'

export interface FrozenSchema {
  /** `sha256:<hex>` of `text`. */
  readonly digest: string
  /** Canonical JSON. */
  readonly text: string
}

interface FrozenText {
  readonly events?: Readonly<Record<string, { readonly versions?: readonly unknown[] }>>
}

/** Freezes a schema: what its lines declare, and the model of every version of every event. */
export function freeze(schema: LedgerSchema): FrozenSchema {
  const { name, family, line, links } = schema
  const events = Object.fromEntries(
    Object.entries(schema.events).map(([type, { versions }]) => [
      type,
      { versions: versions.map(({ model }) => z.toJSONSchema(model, { io: 'input' })) },
    ]),
  )
  const text = formatValue({ name, family, line: { ...line }, links: { ...links }, events } as never, 'jcs')
  return { digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, text }
}

/** What the newer form changes of what the older one published: sentences, empty when it only adds. */
export function changesOf(olderText: string, newerText: string): string[] {
  const older = JSON.parse(olderText) as FrozenText
  const newer = JSON.parse(newerText) as FrozenText
  return Object.entries(older.events ?? {}).flatMap(([type, { versions = [] }]) => {
    const now = newer.events?.[type]?.versions
    if (now === undefined) return [`the event type ${type} is gone`]
    return versions.flatMap((version, at) =>
      JSON.stringify(version) === JSON.stringify(now[at]) ? [] : [`version ${at + 1} of ${type} is another`],
    )
  })
}
