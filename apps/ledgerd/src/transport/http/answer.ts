// How HTTP answers leave: JSON documents, NDJSON, and errors as `{"error": {…}}` with the status of their code. Nothing a
// request said is repeated outside JSON strings.
import type { ServerResponse } from 'node:http'
import { httpStatus } from '@ledgerd/protocol'
import { formatError } from '@ledgerd/schema'
import type { LedgerError } from '@ledgerd/schema'
import { escapeUnprintable } from '../../ops/log.ts'

export const ndjson = 'application/x-ndjson'

export type Headers = Readonly<Record<string, string | number>>

/** The headers that every answer has. */
export function writeHead(response: ServerResponse, status: number, headers: Headers): void {
  response.writeHead(status, { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store', ...headers })
}

export function sendText(response: ServerResponse, status: number, contentType: string, text: string): void {
  writeHead(response, status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}

export function sendJson(response: ServerResponse, status: number, document: unknown): void {
  sendText(response, status, 'application/json', `${escapeUnprintable(JSON.stringify(document))}\n`)
}

/** Whatever is left of the request body is not waited for: the connection ends with the answer when `isLast`. */
export function sendError(
  response: ServerResponse,
  error: LedgerError,
  options: { readonly status?: number; readonly allow?: string; readonly isLast?: boolean } = {},
): void {
  const status = options.status ?? httpStatus[error.code]
  if (error.retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(error.retryAfterMs / 1000))
  if (options.allow !== undefined) response.setHeader('Allow', options.allow)
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  if (options.isLast === true) response.setHeader('Connection', 'close')
  sendJson(response, status, { error: formatError(error) })
}
