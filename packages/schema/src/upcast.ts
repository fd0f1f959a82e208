// Old payloads brought to the newest version of their type, step by step. Stored bytes are never changed: what comes out
// is what a reader sees (schema-packages §7).
import type { DecodedEvent } from './contract.ts'
import { LedgerError } from './errors.ts'
import type { EventMap } from './event.ts'

/**
 * The event with its payload in the newest version of its type; the same object if it is there already. Steps get
 * frozen input. Throws UPCAST_MISSING when there is no way, with `details.type`, `details.version` and `details.newest`;
 * EVENT_INVALID when a step fails or what comes out does not fit, with `details.step` as "2 to 3".
 */
export function upcastEvent(events: EventMap, event: DecodedEvent): DecodedEvent {
  const { type, version } = event
  const versions = Object.hasOwn(events, type) ? (events[type]?.versions ?? []) : []
  const newest = versions.length
  if (version === newest) return event
  const stored = versions[version - 1]
  if (stored === undefined)
    throw new LedgerError('UPCAST_MISSING', missing(type, version, newest), { details: { type, version, newest } })
  let data = event.data
  for (let from = version; from < newest; from++) {
    const upcast = versions[from - 1]?.upcast as ((old: unknown) => unknown) | undefined
    if (upcast === undefined)
      throw new LedgerError('UPCAST_MISSING', missing(type, from, newest), { details: { type, version, newest } })
    data = runStep(upcast, data, { type, version, step: `${from} to ${from + 1}` })
  }
  const fit = versions[newest - 1]?.model.safeParse(data)
  if (fit?.success !== true) {
    const [issue] = fit?.error.issues ?? []
    throw stepFailed({ type, version, step: `${newest - 1} to ${newest}` }, issue?.message ?? 'no model', undefined)
  }
  return { ...event, version: newest, data }
}

interface Step {
  readonly type: string
  readonly version: number
  readonly step: string
}

function runStep(upcast: (old: unknown) => unknown, data: unknown, step: Step): unknown {
  try {
    return upcast(deepFreeze(data))
  } catch (cause) {
    throw stepFailed(step, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function stepFailed(step: Step, flaw: string, cause: unknown): LedgerError {
  return new LedgerError('EVENT_INVALID', `The upcast of ${step.type} from ${step.step} failed: ${flaw}.`, {
    details: { ...step },
    cause,
  })
}

function missing(type: string, version: number, newest: number): string {
  if (newest === 0) return `${type} is not an event type of this schema; read the raw line.`
  return `${type} was stored in version ${version}; this schema has no way from there to ${newest}. Read the raw line.`
}

/** The scanner bounded the depth of stored data; steps cannot nest it deeper than they themselves can recurse. */
function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
