// What an HTTP answer to the upgrade means (PROTOCOL.md §2): the daemon's own error document if there is one, else the
// status alone.
import { LedgerError, parseError } from '@ledgerd/schema'
import type { ErrorCode, ErrorDocument } from '@ledgerd/schema'

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'PROTOCOL_VERSION',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  421: 'FORBIDDEN',
  429: 'RATE_LIMITED',
}

/** The error that refused the connection. Statuses that say nothing of ours (a proxy's 502) are UNREACHABLE. */
export function refusalOf(address: string, httpStatus: number, httpBody: string): LedgerError {
  const document = documentOf(httpBody)
  if (document !== undefined) return parseError(document)
  const code = codeOfStatus[httpStatus] ?? 'UNREACHABLE'
  return new LedgerError(code, `${address} answered the upgrade with HTTP ${httpStatus}`)
}

function documentOf(httpBody: string): ErrorDocument | undefined {
  let value: unknown
  try {
    value = JSON.parse(httpBody)
  } catch {
    // Not ours: a proxy's page.
    return undefined
  }
  if (!hasMember(value, 'error')) return undefined
  const { error } = value
  return hasMember(error, 'code') && hasMember(error, 'message') && typeof error.code === 'string'
    ? (error as unknown as ErrorDocument)
    : undefined
}

function hasMember<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value
}
