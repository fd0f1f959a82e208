// Whether a translation goes back to a resolution of the axis engine (formats §2.5).
import type { DecodedEvent } from '@ledgerd/schema'

/**
 * False for translations that no resolution stands behind: solo rooms, an engine that is off or failed, and the time
 * before it was there. `meta.phase` says "pre_axis_engine" of all of these alike; it marks no era.
 */
export function hasMechanicalCounterpart({ link }: Pick<DecodedEvent, 'link'>): boolean {
  return link !== null
}
