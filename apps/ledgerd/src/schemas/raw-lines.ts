// Stands in where a ledger's schema is not at hand: its lines can be read, followed and hashed as bytes, and nothing more.
// It recognises no identity and takes no draft.
import type { LedgerSchema, LineChecker } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { deriveEventId } from './event-key.ts'

/** The family of every stand-in; no real family has this name. */
export const rawFamily = 'unknown'

const checker: LineChecker = {
  check: () => ({ findings: [], variant: undefined, eventId: undefined, type: undefined }),
  finish: () => [],
}

/** A stand-in for the schema of this name. Writing throws SCHEMA_UNKNOWN, decoding EVENT_INVALID. */
export function rawLines(name: string): LedgerSchema {
  const unknown = (): never => {
    throw new LedgerError('SCHEMA_UNKNOWN', `the schema ${name} is not at hand`)
  }
  const undecodable = (): never => {
    throw new LedgerError('EVENT_INVALID', `the schema ${name} is not at hand; read the raw line`)
  }
  return {
    name,
    version: '0.0.0',
    family: rawFamily,
    events: {},
    profiles: ['none'],
    line: { dialects: ['plain'], identity: [''], time: '' },
    links: {},
    encodeDraft: unknown,
    validate: unknown,
    deriveEventId,
    openWriter: unknown,
    openChecker: () => checker,
    decode: undecodable,
    upcast: undecodable,
    payloadState: () => 'undeclared',
    eventIdOf: () => undefined,
    routeOf: () => undefined,
    timeMsOf: () => undefined,
    profileOf: () => ({ profile: 'none' }),
  }
}

export function isRaw(schema: LedgerSchema): boolean {
  return schema.family === rawFamily
}
