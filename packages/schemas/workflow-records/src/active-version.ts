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
 * highest version that was neither deactivated nor has expired.
 */
export function activeMemory<Memory extends MemoryVersion>(
  memories: Iterable<Memory>,
  events: Iterable<DeactivationEvent>,
  timeMs: number,
): Memory | undefined {
  const deactivated = new Set<unknown>()
  for (const { event_type: type, payload } of events)
    if (type === 'MEMORY_DEACTIVATED' || type === 'MEMORY_EXPIRED') deactivated.add(payload['memory_id'])
  return highest(Array.from(memories).filter((memory) => !deactivated.has(memory.memory_id) && isLive(memory, timeMs)))
}

/** The active version of one entity at `timeMs`: the highest that has not expired. */
export function activeEntity<Entity extends VersionRecord>(
  entities: Iterable<Entity>,
  timeMs: number,
): Entity | undefined {
  return highest(Array.from(entities).filter((entity) => isLive(entity, timeMs)))
}

function highest<Item extends VersionRecord>(items: readonly Item[]): Item | undefined {
  let newest: Item | undefined
  for (const item of items) if (newest === undefined || item.version > newest.version) newest = item
  return newest
}

function isLive({ expires_at: expiresAt }: VersionRecord, timeMs: number): boolean {
  const expiresAtMs = typeof expiresAt === 'string' ? parseCreatedAt(expiresAt) : undefined
  return expiresAtMs === undefined || timeMs < expiresAtMs
}
