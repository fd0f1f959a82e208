import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askBare, ownHeaders } from '../../../test/bare-request.ts'
import type { BareAnswer, BareRequest } from '../../../test/bare-request.ts'
import { sendRaw } from '../../../test/plain-clients.ts'
import { openTransport, token } from '../../../test/transport-harness.ts'
import type { TransportHarness } from '../../../test/transport-harness.ts'

let at: TransportHarness
beforeEach(async () => {
  at = await openTransport()
  at.engine.commit('w/a', lines(0, 5))
})
afterEach(async () => {
  await at[Symbol.asyncDispose]()
})

describe('paths and methods', () => {
  it.each([
    { method: 'GET', path: '/healthz', want: 200 },
    { method: 'GET', path: '/readyz', want: 200 },
    { method: 'GET', path: '/metrics', want: 200 },
    { method: 'GET', path: '/v1/ledgers', want: 200 },
    { method: 'GET', path: '/v1/ledgers/w/a', want: 200 },
    { method: 'GET', path: '/v1/ledgers/w/a/lines', want: 200 },
    { method: 'GET', path: '/v1/ledgers/w/a/lines/4', want: 200 },
    { method: 'GET', path: '/v1/ledgers/w/a/lines/5', want: 404, code: 'EVENT_NOT_FOUND' },
    { method: 'GET', path: '/v1/ledgers/w/nope', want: 404, code: 'LEDGER_NOT_FOUND' },
    { method: 'GET', path: '/', want: 404, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/healthz/', want: 404, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/', want: 404, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ws', want: 426, code: 'REQUEST_INVALID' },
    { method: 'POST', path: '/healthz', want: 405, code: 'REQUEST_INVALID' },
    { method: 'DELETE', path: '/v1/ledgers/w/a', want: 405, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/a/append', want: 405, code: 'REQUEST_INVALID' },
    { method: 'OPTIONS', path: '/v1/ledgers', want: 405, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/healthz?x=1', want: 400, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/../../etc/passwd', want: 400, code: 'LEDGER_ID_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/../a/lines', want: 400, code: 'LEDGER_ID_INVALID' },
    { method: 'GET', path: '/v1/ledgers/..%2f..%2fetc/lines', want: 400, code: 'LEDGER_ID_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w%2Fa', want: 400, code: 'LEDGER_ID_INVALID' },
    { method: 'GET', path: '/v1/ledgers/.ledgerd/token', want: 400, code: 'LEDGER_ID_INVALID' },
    { method: 'GET', path: '/v1/ledgers//w/a', want: 400, code: 'LEDGER_ID_INVALID' },
    { method: 'GET', path: '/v1/ledgers/<script>', want: 400, code: 'LEDGER_ID_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/a/lines?from=nope', want: 400, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/a/lines?from=1&from=2', want: 400, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/a/lines?limit=0', want: 400, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/a/lines?colour=red', want: 400, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/a/lines?follow=yes', want: 400, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/a/lines?from=6', want: 416, code: 'CURSOR_AHEAD' },
  ])('$method $path is $want', async ({ method, path, want, code }) => {
    const answer = await ask(method, path)
    expect(answer.status).toBe(want)
    expect(answer.head).toContain('X-Content-Type-Options: nosniff')
    if (code !== undefined) expect(JSON.parse(answer.body)).toMatchObject({ error: { code } })
    expect(answer.head).not.toContain('<script>')
    if (want === 405) expect(answer.head).toMatch(/^Allow: (GET, HEAD|POST)$/m)
  })

  it.each([
    { path: '/healthz', want: 200 },
    { path: '/readyz', want: 200 },
    { path: '/metrics', want: 200 },
    { path: '/v1/ledgers', want: 200 },
    { path: '/v1/ledgers/w/a', want: 200 },
    { path: '/v1/ledgers/w/a/lines?from=2', want: 200 },
    { path: '/v1/ledgers/w/a/lines?follow=true', want: 200 },
    { path: '/v1/ledgers/w/a/lines?from=end&follow=true', want: 200 },
    { path: '/v1/ledgers/w/a/lines?from=6', want: 416 },
    { path: '/v1/ledgers/w/a/lines/4', want: 200 },
    { path: '/v1/ledgers/w/nope', want: 404 },
    { path: '/v1/ledgers/w/a/append', want: 405 },
  ])('HEAD $path is what GET would be, without the body', async ({ path, want }) => {
    const answer = await ask('HEAD', path)
    expect([answer.status, answer.body]).toEqual([want, ''])
    if (path.includes('/lines?') && want === 200) expect(answer.head).toContain('Ledger-Head: 5')
    expect(at.metrics.counters.lines_published).toBe(0)
  })

  it('leaves a kept connection in order behind a HEAD', async () => {
    const own = `Host: 127.0.0.1:${at.port}\r\nAuthorization: Bearer ${token}\r\n`
    const first = `HEAD /v1/ledgers/w/a/lines HTTP/1.1\r\n${own}\r\n`
    const { body } = await sendRaw(
      { port: at.port },
      `${first}GET /healthz HTTP/1.1\r\n${own}Connection: close\r\n\r\n`,
    )
    expect(body).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\n\r\n\{"status":"ok"\}\n$/)
  })

  it('says where appends go to whoever posts elsewhere', async () => {
    for (const path of ['/v1/ledgers/w/a', '/v1/ledgers/w/a/lines', '/v1/ledgers/w/a/append/'])
      expect((await ask('POST', path, {}, '{}')).body).toContain('/append, with no slash behind it')
  })

  it('says what is missing at the address of the WebSocket', async () => {
    const answer = await ask('GET', '/v1/ws')
    expect(answer.head).toMatch(/^Upgrade: websocket$/m)
    expect(answer.head).toMatch(/^Connection: close, Upgrade$/m)
    expect(answer.body).toContain('proxy')
  })

  it('says to a client that would rather speak HTTP/2 what it has to speak', async () => {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' }
    for (const path of ['/healthz', '/v1/ws']) {
      const answer = await ask('GET', path, headers)
      expect(answer.status).toBe(400)
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'REQUEST_INVALID' } })
      expect(answer.body).toContain('HTTP/1.1 alone')
    }
  })

  it.each(['Content-Length: 100\r\n\r\n{}', 'Transfer-Encoding: chunked\r\n\r\n2\r\n{}'])(
    'tells who stops sending too early so: %j',
    async (rest) => {
      const own = `Host: 127.0.0.1:${at.port}\r\nAuthorization: Bearer ${token}\r\n`
      const socket = net.connect(at.port, '127.0.0.1')
      socket.end(`POST /v1/ledgers/w/a/append HTTP/1.1\r\n${own}${rest}`)
      const [answer] = (await once(socket, 'data')) as [Buffer]
      expect(answer.toString()).toContain('HTTP/1.1 400')
      expect(answer.toString()).toContain('ended before it was whole')
      expect(at.engine.appends).toEqual([])
      socket.destroy()
    },
  )

  it.each([
    { name: 'more than it said', restOf: () => '}\n' },
    { name: 'half a request', restOf: (whole: string) => whole.slice(0, -5) },
  ])('answers a whole request before it refuses what stands behind: $name', async ({ restOf }) => {
    const own = `Host: 127.0.0.1:${at.port}\r\nAuthorization: Bearer ${token}\r\n`
    const draft = '{"type":"t","data":{}}\n'
    const socket = net.connect({ port: at.port, host: '127.0.0.1', allowHalfOpen: true })
    const whole = `POST /v1/ledgers/w/a/append HTTP/1.1\r\n${own}Content-Length: ${draft.length}\r\n\r\n${draft}`
    socket.end(whole + restOf(whole))
    const said = Buffer.concat((await socket.toArray()) as Buffer[]).toString()
    expect(said.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
    expect(said).toContain('"eventId"')
    expect(at.engine.appends).toHaveLength(1)
  })

  it('asks for a token everywhere but at the probes', async () => {
    const statuses: Record<string, number> = {}
    for (const path of ['/healthz', '/readyz', '/metrics', '/v1/ledgers', '/v1/ledgers/w/a', '/v1/ledgers/w/a/lines'])
      statuses[path] = (await ask('GET', path, { authorization: undefined })).status
    expect(statuses).toEqual({
      '/healthz': 200,
      '/readyz': 200,
      '/metrics': 401,
      '/v1/ledgers': 401,
      '/v1/ledgers/w/a': 401,
      '/v1/ledgers/w/a/lines': 401,
    })
  })

  it.each([
    { name: 'a foreign Host', headers: { host: 'evil.example' }, want: 421 },
    { name: 'a web page', headers: { origin: 'https://evil.example' }, want: 403 },
  ])('refuses $name on every route, probes included', async ({ headers, want }) => {
    for (const path of ['/healthz', '/v1/ledgers', '/nowhere'])
      expect((await ask('GET', path, headers)).status).toBe(want)
  })

  it.each([
    { name: 'too long headers', text: `GET /healthz HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`, want: 431 },
    { name: 'too many headers', text: `GET /healthz HTTP/1.1\r\n${'X: 1\r\n'.repeat(65)}\r\n`, want: 431 },
    { name: 'no HTTP', text: 'HELLO\r\n\r\n', want: 400 },
  ])('refuses $name with a code', async ({ text, want }) => {
    const answer = await sendRaw({ port: at.port }, text)
    expect(answer.status).toBe(want)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'REQUEST_INVALID' } })
  })
})

describe('a refusal that overtakes the body', () => {
  it.each([
    { name: 'foreign', header: 'Origin: https://evil.example', want: 403 },
    { name: 'too long', header: `Authorization: Bearer ${token}`, want: 413 },
    { name: 'compressed', header: `Authorization: Bearer ${token}\r\nContent-Encoding: gzip`, want: 415 },
  ])('reaches a client that sends to the end first: $name', async ({ header, want }) => {
    const body = Buffer.alloc(2 << 20, 'x')
    const socket = net.connect(at.port, '127.0.0.1')
    socket.write(`POST /v1/ledgers/w/a/append HTTP/1.1\r\nHost: 127.0.0.1:${at.port}\r\n${header}\r\n`)
    socket.write(`Content-Length: ${body.length}\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toContain(`HTTP/1.1 ${want}`)
    await new Promise<void>((resolve, reject) => socket.write(body, (error) => (error ? reject(error) : resolve())))
    await once(socket.resume(), 'end')
    socket.destroy()
  })

  it('is not waited for beyond a limit', async () => {
    await using small = await openTransport({ lingerBytesMax: 1000 })
    const head = 'POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1:'
    const answer = await sendRaw(
      { port: small.port },
      `${head}${small.port}\r\nContent-Length: 3000\r\n\r\n${'x'.repeat(2000)}`,
    )
    expect(answer.status).toBe(404)
  })
})

describe('reading', () => {
  it.each([
    { query: '', want: [0, 1, 2, 3, 4] },
    { query: '?from=3', want: [3, 4] },
    { query: '?from=-2', want: [3, 4] },
    { query: '?from=end', want: [] },
    { query: '?from=1&limit=2', want: [1, 2] },
    { query: '?types=odd', want: [1, 3] },
    { query: '?types=odd&limit=1', want: [1] },
    { query: '?types=odd,even&link=l3', want: [3] },
  ])('lines$query gives exactly those bytes', async ({ query, want }) => {
    const answer = await ask('GET', `/v1/ledgers/w/a/lines${query}`)
    expect(answer.text).toBe(
      lines(0, 5)
        .filter((_, n) => want.includes(n))
        .map((line) => `${line}\n`)
        .join(''),
    )
    expect(answer.head).toContain('Ledger-Head: 5')
  })

  it('follow goes on live until the client leaves', async () => {
    const seen: string[] = []
    await new Promise<void>((resolve, reject) => {
      const request = http.get(
        { port: at.port, path: '/v1/ledgers/w/a/lines?from=4&follow=true', headers: ownHeaders(at) },
        (response) => {
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            seen.push(...chunk.trim().split('\n'))
            if (seen.length === 1) at.engine.commit('w/a', lines(5, 1))
            else resolve()
          })
          response.on('close', () => reject(new Error('the daemon ended it')))
        },
      )
      request.on('error', reject)
    })
    expect(seen).toEqual(lines(4, 2))
  })

  it('lists every ledger, or those of a pattern', async () => {
    at.engine.commit('x', [])
    const ids = async (path: string): Promise<unknown[]> =>
      (await ask('GET', path)).text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { ledger: string }).ledger)
    expect(await ids('/v1/ledgers')).toEqual(['w/a', 'x'])
    expect(await ids('/v1/ledgers?pattern=w/*')).toEqual(['w/a'])
  })

  it('gives a line with its number and leaf hash', async () => {
    const answer = await ask('GET', '/v1/ledgers/w/a/lines/2')
    expect(answer.text).toBe(`${lines(2, 1)[0]}\n`)
    expect(answer.head).toMatch(/Ledger-Seq: 2\r\nLedger-Leaf-Hash: sha256:[0-9a-f]{64}/)
  })
})

describe('draining', () => {
  it('waits for appends in flight on kept connections, and no longer', async () => {
    let release: (() => void) | undefined
    const submitted = new Promise<void>((isThere) => {
      at.engine.respond = () =>
        new Promise((resolve) => {
          release = () => resolve({ kind: 'plain', epoch: 1, seq: 0, eventIds: ['e'], leafHashes: ['0'.repeat(64)] })
          isThere()
        })
    })
    const answered = ask('POST', '/v1/ledgers/a/append', { connection: 'keep-alive' }, '{"type":"t","data":{}}')
    await submitted
    const drained = at.doors.drain()
    release?.()
    expect((await answered).status).toBe(200)
    await drained
  })
})

describe('readiness', () => {
  it('is red while a ledger is stopped, and says which and why', async () => {
    const stat = at.engine.ledgers.get('w/a')?.stat()
    if (stat !== undefined) at.engine.stoppedLedgers = [{ ...stat, state: 'stopped', reason: 'sync-failed' }]
    const answer = await ask('GET', '/readyz')
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      503,
      { ready: false, phase: 'serving', stopped: [{ ledger: 'w/a', reason: 'sync-failed' }] },
    ])
  })
})

const ask = (...request: BareRequest): Promise<BareAnswer> => askBare(at, ...request)

function lines(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index
    return JSON.stringify({ n, type: n % 2 === 0 ? 'even' : 'odd', link: `l${n}` })
  })
}
