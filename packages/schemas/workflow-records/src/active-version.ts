// Which version of a memory or an entity is active, at the head, at any earlier line, and at any time (formats §6.6).
// Rows are never rewritten, so `is_active` of a row only says what was true when it was written.
import { parseCreatedAt } from './created-at.ts'

/** The members of a memory or an entity that tell. */
export interface VersionRecord {
  readonly version: number
  readonly expires_at?: string | null | undefined
}

export interface MemoryVersion extends VersionRecord {
  readonly memory_id: string
}

/** The members of an event that tell. */
export interface DeactivationEvent {
  readonly event_type: string
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * The active memory of one lineage at `timeMs`, given its records and the deactivation events up to some line: the
 * highest version, unless it was deactivated or has expired. An older version never becomes active again by that.
 */
export function activeMemory<Memory extends MemoryVersion>(
  memories: Iterable<Memory>,
  events: Iterable<DeactivationEvent>,
  timeMs: number,
): Memory | undefined {
  const deactivated = new Set<unknown>()
  for (const { event_type: type, payload } of events)
    if (type === 'MEMORY_DEACTIVATED' || type === 'MEMORY_EXPIRED') deactivated.add(payload['memory_id'])
  const standing = Array.from(memories).filter(({ memory_id: id }) => !deactivated.has(id))
  return unexpired(highest(standing), timeMs)
}

/** The active version of one entity at `timeMs`: the highest. */
export function activeEntity<Entity extends VersionRecord>(
  entities: Iterable<Entity>,
  timeMs: number,
): Entity | undefined {
  return unexpired(highest(entities), timeMs)
}

function highest<Item extends VersionRecord>(items: Iterable<Item>): Item | undefined {
  let newest: Item | undefined
  for (const item of items) if (newest === undefined || item.version > newest.version) newest = item
  return newest
}

function unexpired<Item extends VersionRecord>(item: Item | undefined, timeMs: number): Item | undefined {
  const expiresAt = item?.expires_at
  if (item === undefined || expiresAt === undefined || expiresAt === null) return item
  const expiresAtMs = parseCreatedAt(expiresAt)
  return expiresAtMs !== undefined && timeMs >= expiresAtMs ? undefined : item
}
