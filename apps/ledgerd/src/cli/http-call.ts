// One HTTP request to the daemon, over TCP or its local socket (PROTOCOL.md §6). Says truly whether the request can have
// reached it: before the connection stands, over TLS with a certificate that is believed, nothing was sent.
import http from 'node:http'
import https from 'node:https'
import { type ErrorDocument, LedgerError, parseError } from '@ledgerd/schema/errors'
import type { DaemonAddress } from './daemon-address.ts'

export interface HttpCall {
  readonly method: 'GET' | 'POST'
  /** From the origin on, with its query. */
  readonly path: string
  readonly body?: Uint8Array
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Hears a sentence when nothing has come back for a while, and the call goes on waiting. */
  readonly onSilence?: (sentence: string) => void
}

const silenceMs = 2000

export interface HttpAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** Sends a request and takes the whole answer. Throws LedgerError UNREACHABLE, DEADLINE or ABORTED with its outcome. */
export async function httpCall(address: DaemonAddress, call: HttpCall): Promise<HttpAnswer> {
  const url = new URL(`${address.origin}${call.path}`)
  const send = url.protocol === 'https:' ? https.request : http.request
  return await new Promise((resolve, reject) => {
    let isSent = false
    const request = send(url, {
      method: call.method,
      agent: false,
      signal: call.signal,
      headers: headersFor(address, call),
      ...(address.socketPath === undefined ? {} : { socketPath: address.socketPath }),
    })
    const timer = setTimeout(
      () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      call.timeoutMs,
    )
    const silence = setTimeout(
      () => call.onSilence?.(`no answer from ${address.url} yet; waiting up to ${call.timeoutMs / 1000} s`),
      silenceMs,
    )
    request.once('close', () => clearTimeout(silence))
    const standing = url.protocol === 'https:' ? 'secureConnect' : 'connect'
    request.once('socket', (socket) => socket.once(standing, () => (isSent = true)))
    request.once('error', (error) => {
      clearTimeout(timer)
      reject(failure(address, error, isSent))
    })
    request.once('response', (response) => {
      clearTimeout(silence)
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', (error) => reject(failure(address, error, true)))
      response.once('end', () => {
        clearTimeout(timer)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
    request.end(call.body)
  })
}

/** The error an answer carries. */
export function errorOfAnswer(answer: HttpAnswer): LedgerError {
  try {
    const document = JSON.parse(answer.body.toString()) as { readonly error?: ErrorDocument }
    if (typeof document.error?.code === 'string') return parseError(document.error)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return new LedgerError('UNREACHABLE', `what answers is no ledgerd: HTTP status ${answer.status}`, {
    outcome: 'absent',
  })
}

function headersFor(address: DaemonAddress, call: HttpCall): Record<string, string> {
  return {
    ...(call.body === undefined
      ? {}
      : { 'Content-Type': 'application/x-ndjson', 'Content-Length': String(call.body.length) }),
    ...(address.token === undefined ? {} : { Authorization: `Bearer ${address.token}` }),
  }
}

function failure(address: DaemonAddress, error: Error, isSent: boolean): LedgerError {
  const { code = error.name } = error as NodeJS.ErrnoException
  const outcome = isSent ? 'unknown' : 'absent'
  if (error.name === 'AbortError') return new LedgerError('ABORTED', 'interrupted', { outcome, cause: error })
  if (code === 'ETIMEDOUT')
    return new LedgerError('DEADLINE', `no answer from ${address.url} in time`, { outcome, cause: error })
  if (code === 'EACCES') {
    const command =
      "sudo -u OWNER ledgerd …, as the daemon's user; or over TCP: --url http://127.0.0.1:4437 and LEDGERD_TOKEN"
    const details = { command }
    return new LedgerError('UNREACHABLE', `${address.url} is for its owner alone`, { outcome, details, cause: error })
  }
  if (/CERT|SIGNATURE/.test(code)) {
    const command = 'NODE_EXTRA_CA_CERTS=chain.pem ledgerd …, and a --url with a name that the certificate is for'
    const sentence = `somebody answers at ${address.url}, but its certificate is not believed (${code})`
    return new LedgerError('UNREACHABLE', sentence, { outcome, details: { command }, cause: error })
  }
  return new LedgerError('UNREACHABLE', `no daemon answers at ${address.url} (${code})`, { outcome, cause: error })
}
