// How HTTP answers leave: JSON documents, NDJSON, and errors as `{"error": {…}}` with the status of their code. Nothing a
// request said is repeated outside JSON strings.
import type { ServerResponse } from 'node:http'
import { httpStatus } from '@ledgerd/protocol'
import { formatError, LedgerError } from '@ledgerd/schema/errors'
import { escapeUnprintable } from '../../ops/log.ts'
import { discardBody } from './body.ts'

export const ndjson = 'application/x-ndjson'

export type Headers = Readonly<Record<string, string | number>>

/** The headers that every answer has. */
export function writeHead(response: ServerResponse, status: number, headers: Headers): void {
  response.writeHead(status, { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store', ...headers })
}

/** Writes a part of a body, and waits until the client takes more. Throws ABORTED when it is gone. */
export async function writeBody(response: ServerResponse, part: Uint8Array | string): Promise<void> {
  if (!response.destroyed && !response.write(part)) await roomOrEnd(response)
  if (response.destroyed) throw new LedgerError('ABORTED', 'the client left')
}

/** Leaves no listener behind: an answer may wait many thousand times. */
async function roomOrEnd(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

export function sendText(response: ServerResponse, status: number, contentType: string, text: string): void {
  writeHead(response, status, textHeaders(contentType, text))
  response.end(text)
}

export function sendJson(response: ServerResponse, status: number, document: unknown): void {
  sendText(response, status, 'application/json', jsonText(document))
}

export interface ErrorOptions {
  readonly status?: number
  readonly headers?: Headers
  /** The connection ends with the answer, once the client has sent this many bytes of its body or all of it. */
  readonly lingerBytesMax?: number
}

export function sendError(response: ServerResponse, error: LedgerError, options: ErrorOptions = {}): void {
  const status = options.status ?? httpStatus[error.code]
  if (error.retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(error.retryAfterMs / 1000))
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  const text = jsonText({ error: formatError(error) })
  const { lingerBytesMax, headers } = options
  const closing = lingerBytesMax === undefined ? {} : { Connection: 'close' }
  writeHead(response, status, { ...closing, ...headers, ...textHeaders('application/json', text) })
  if (lingerBytesMax === undefined) return void response.end(text)
  response.write(text)
  discardBody(response.req, lingerBytesMax, () => response.end())
}

function jsonText(document: unknown): string {
  return `${escapeUnprintable(JSON.stringify(document))}\n`
}

function textHeaders(contentType: string, text: string): Headers {
  return { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) }
}
