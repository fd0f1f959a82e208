// One HTTP request on a connection of its own, with the headers a test wants and no client that knows better.
import { sendRaw } from './plain-clients.ts'
import type { RawAnswer } from './plain-clients.ts'
import { token } from './transport-harness.ts'

/** Method, path, headers beside the usual ones (undefined takes one away), and the body of a POST. */
export type BareRequest = [method: string, path: string, headers?: Record<string, string | undefined>, body?: string]

export interface BareAnswer extends RawAnswer {
  /** The body, its chunks joined. */
  readonly text: string
}

interface Door {
  readonly port: number
}

/** Headers with which a request is let in. */
export function ownHeaders({ port }: Door): Record<string, string> {
  return { host: `127.0.0.1:${port}`, authorization: `Bearer ${token}` }
}

export async function askBare(
  door: Door,
  ...[method, path, headers = {}, body = '']: BareRequest
): Promise<BareAnswer> {
  const all = Object.entries({ ...ownHeaders(door), connection: 'close', ...headers })
  const fields = all.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`)
  const length = method === 'POST' ? [`content-length: ${Buffer.byteLength(body)}`] : []
  const head = [`${method} ${path} HTTP/1.1`, ...fields, ...length]
  const answer = await sendRaw({ port: door.port }, `${head.join('\r\n')}\r\n\r\n${body}`)
  const isChunked = /^transfer-encoding: chunked/im.test(answer.head)
  return { ...answer, text: isChunked ? unchunk(answer.body) : answer.body }
}

function unchunk(body: string): string {
  let text = ''
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at)
    const length = Number.parseInt(body.slice(at, end), 16)
    if (!(length > 0)) return text
    text += body.slice(end + 2, end + 2 + length)
    at = end + 2 + length + 2
  }
}
