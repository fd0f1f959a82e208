// The event types of the family, each with what admission and checking need from its model, compiled once.
import type { NumberPlan } from '@ledgerd/canonical'
import { compileCanonicalShape, compileNumberPlan, hasText } from '@ledgerd/schema'
import type { CanonicalShape, EventDefinition } from '@ledgerd/schema'
import { chatMechanicalResolution } from './chat-mechanical-resolution.ts'
import { chatTranslation } from './chat-translation.ts'

export const resolutionType = 'chat.mechanical_resolution'
const translationType = 'chat.translation'

/** The payloads defined today. */
export const events = {
  [translationType]: chatTranslation,
  [resolutionType]: chatMechanicalResolution,
} as const

/** Names set aside by the seed; no payload is defined for them, so any object is fine (formats §2.5). */
export const reservedTypes: ReadonlySet<string> = new Set([
  'environment.condition_applied',
  'action.physical_resolved',
  'outcome.economic_resolved',
  'axis.manual_override',
])

export interface DeclaredType {
  readonly name: string
  /** The name as it stands between the quotes. */
  readonly text: Uint8Array
  /** The newest version, of which model, plan and shape are. */
  readonly newest: number
  readonly model: EventDefinition['model']
  readonly plan: NumberPlan
  readonly shape: CanonicalShape
}

const declaredTypes: readonly DeclaredType[] = Object.entries(events).map(([name, { model, versions }]) => ({
  name,
  newest: versions.length,
  text: new TextEncoder().encode(name),
  model,
  plan: compileNumberPlan(model),
  shape: compileCanonicalShape(model),
}))

const typePattern = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/

/** Dotted lower-case names, such as `weather.changed`. */
export function isEventType(name: string): boolean {
  return typePattern.test(name)
}

export function declaredType(name: string): DeclaredType | undefined {
  for (const type of declaredTypes) if (type.name === name) return type
  return undefined
}

/** The declared type whose name is bytes[start, end). */
export function declaredTypeAt(bytes: Uint8Array, start: number, end: number): DeclaredType | undefined {
  for (const type of declaredTypes)
    if (type.text.length === end - start && hasText(bytes, start, type.text)) return type
  return undefined
}
