// What an HTTP request says about where it comes from. Repeated headers are kept apart, for Node joins or drops some.
import type { IncomingMessage } from 'node:http'
import type { Visitor } from '../auth/access.ts'

export function visitorOf(request: IncomingMessage, isLocal: boolean): Visitor {
  return {
    isLocal,
    peer: isLocal ? 'local' : (request.socket.remoteAddress ?? 'unknown'),
    hosts: headerValues(request, 'host'),
    origins: headerValues(request, 'origin'),
    authorizations: headerValues(request, 'authorization'),
  }
}

/** Every value of a header as it came, in order. */
export function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = []
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2)
    if (request.rawHeaders[at]?.toLowerCase() === name) values.push(request.rawHeaders[at + 1] ?? '')
  return values
}

/** True when the request has more header fields than it may; Node is told to keep one more than that. */
export function hasTooManyHeaders(request: IncomingMessage, headersMax: number): boolean {
  return request.rawHeaders.length / 2 > headersMax
}
