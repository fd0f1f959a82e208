// A frozen schema as text and back. Reading trusts nothing: the digest must be that of the content.
import { LedgerError } from '@ledgerd/schema'
import type { FrozenContent, FrozenSchema, Validator } from './freeze-schema.ts'
import { digestOf } from './freeze-schema.ts'
import { textOf } from './union-form.ts'

/** Canonical JSON (RFC 8785) with a final LF. */
export function formatFrozen(frozen: FrozenSchema): string {
  return `${textOf(frozen)}\n`
}

/** Throws CONFIG_INVALID if the text is no frozen schema, or its digest is not that of its content. */
export function parseFrozen(text: string, source: string): FrozenSchema {
  const value = parseJson(text, source)
  if (!isFrozenSchema(value)) throw new LedgerError('CONFIG_INVALID', `${source} is no frozen schema of format 1.`)
  const digest = digestOf(value)
  if (digest !== value.digest)
    throw new LedgerError(
      'CONFIG_INVALID',
      `${source} was changed: it says ${value.digest} and its content has ${digest}. Take it from its origin again.`,
    )
  return value
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new LedgerError('CONFIG_INVALID', `${source} is no JSON.`, { cause: error })
  }
}

function isFrozenSchema(value: unknown): value is FrozenSchema {
  if (typeof value !== 'object' || value === null) return false
  const { format, name, version, events, line, validator, digest } = value as Partial<
    Record<keyof FrozenContent | 'validator' | 'digest', unknown>
  >
  const isNamed = typeof name === 'string' && typeof version === 'string' && typeof digest === 'string'
  return format === 1 && isNamed && isObject(line) && isObject(events) && isValidator(validator)
}

function isValidator(value: unknown): value is Validator {
  return isObject(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
