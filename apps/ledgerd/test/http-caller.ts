// HTTP as a user of the daemon speaks it: the real curl program where there is one, else Node's own client making the same
// requests. Over TCP with the token, or over the local socket.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export interface Door {
  readonly name: string
  readonly port?: number
  readonly token?: string
  readonly socket?: string
}

export interface Call {
  readonly path: string
  /** A POST when there is one. */
  readonly body?: string
  readonly isWithoutToken?: boolean
}

export interface Answer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** An answer that goes on: its lines as they come. Leaving the loop lets go of the connection. */
export type LiveAnswer = AsyncGenerator<string, void, void>

export const isCurlInstalled: boolean = spawnSync('curl', ['--version']).status === 0
const timeoutSeconds = 20

export async function ask(door: Door, call: Call): Promise<Answer> {
  if (!isCurlInstalled) return await askByNode(door, call)
  const child = spawn('curl', ['-i', ...curlArguments(door, call)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const received = (await child.stdout.toArray()) as Buffer[]
  const text = Buffer.concat(received).toString('utf8')
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...fields] = text.slice(0, end).split('\r\n')
  const headers = new Map(fields.map((field) => nameAndValue(field)))
  return { status: Number(first.split(' ')[1]), headers, body: text.slice(end + 4) }
}

export async function* follow(door: Door, call: Call): LiveAnswer {
  if (!isCurlInstalled) {
    const response = await requestByNode(door, call)
    try {
      yield* linesOf(response)
    } finally {
      response.destroy()
    }
    return
  }
  const child = spawn('curl', ['-N', ...curlArguments(door, call)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    yield* linesOf(child.stdout)
  } finally {
    child.kill()
    await exited
  }
}

/** What a person types. */
function curlArguments({ port, token, socket }: Door, { path, body, isWithoutToken }: Call): string[] {
  const where =
    socket === undefined ? [`http://127.0.0.1:${port}${path}`] : ['--unix-socket', socket, `http://localhost${path}`]
  const who = token === undefined || isWithoutToken ? [] : ['-H', `Authorization: Bearer ${token}`]
  const what = body === undefined ? [] : ['--data-binary', body]
  return ['-sS', '--max-time', String(timeoutSeconds), ...who, ...what, ...where]
}

async function askByNode(door: Door, call: Call): Promise<Answer> {
  const response = await requestByNode(door, call)
  const received = (await response.toArray()) as Buffer[]
  const headers = new Map(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(received).toString('utf8') }
}

async function requestByNode(door: Door, { path, body, isWithoutToken }: Call): Promise<IncomingMessage> {
  const { port, token, socket } = door
  const request = http.request({
    path,
    method: body === undefined ? 'GET' : 'POST',
    ...(socket === undefined ? { host: '127.0.0.1', port } : { socketPath: socket }),
    headers: token === undefined || isWithoutToken ? {} : { authorization: `Bearer ${token}` },
  })
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

async function* linesOf(stream: Readable): LiveAnswer {
  for await (const line of createInterface({ input: stream })) yield line
}

function nameAndValue(field: string): [string, string] {
  const colon = field.indexOf(':')
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
}
