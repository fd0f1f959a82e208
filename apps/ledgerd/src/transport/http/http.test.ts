import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LedgerError } from '@ledgerd/schema'
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
    { method: 'GET', path: '/v1/ws', want: 404, code: 'REQUEST_INVALID' },
    { method: 'POST', path: '/healthz', want: 405, code: 'REQUEST_INVALID' },
    { method: 'DELETE', path: '/v1/ledgers/w/a', want: 405, code: 'REQUEST_INVALID' },
    { method: 'GET', path: '/v1/ledgers/w/a/append', want: 405, code: 'REQUEST_INVALID' },
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
    if (want === 405) expect(answer.head).toMatch(/^Allow: (GET|POST)$/m)
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
        { port: at.port, path: '/v1/ledgers/w/a/lines?from=4&follow=true', headers: own() },
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

describe('appending', () => {
  const path = '/v1/ledgers/new/append'

  it('makes identities, keeps the bytes of data, and answers in order', async () => {
    const answer = await ask(
      'POST',
      path,
      {},
      '{"type": "t", "data": {"x": 1.0,  "y":"\\u00e9"}}\n\n{"data":{},"key":"k","type":"t","meta":{"a" : 1}}',
    )
    expect(answer.status).toBe(200)
    expect(
      answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      {
        ledger: 'new',
        seq: 0,
        eventId: 'made-0',
        duplicate: false,
        durable: 'fsync',
        epoch: 1,
        leafHash: expect.stringMatching(/^sha256:/),
      },
      { ledger: 'new', seq: 1, eventId: 'derived-new-k' },
    ])
    expect(at.engine.ledgers.get('new')?.lines).toEqual([
      '{"data": {"x": 1.0,  "y":"\\u00e9"}, "id": "made-0", "type": "t"}',
      '{"data": {}, "id": "derived-new-k", "meta": {"a" : 1}, "type": "t"}',
    ])
  })

  it('passes its conditions on', async () => {
    await ask('POST', `${path}?atomic=true&expect-size=0`, {}, '{"type":"t","data":{}}')
    expect(at.engine.appends[0]).toMatchObject({ ledger: 'new', count: 1, isAtomic: true, expect: { size: 0 } })
    const answer = await ask('POST', `${path}?expect-size=0`, {}, '{"type":"t","data":{}}')
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      409,
      { error: expect.objectContaining({ code: 'EXPECT_FAILED', details: { size: 1 } }) },
    ])
  })

  it('answers with the status of the first refusal, and a line for each draft', async () => {
    const error = (code: 'SCHEMA_INVALID' | 'LINE_TOO_LONG') => ({ error: new LedgerError(code, 'no') })
    at.engine.respond = async () => ({
      kind: 'mixed',
      epoch: 1,
      outcomes: [
        { seq: 0, eventId: 'e', leafHash: '0'.repeat(64), isDuplicate: true },
        error('SCHEMA_INVALID'),
        error('LINE_TOO_LONG'),
      ],
    })
    const answer = await ask('POST', path, {}, '{}\n{}\n{}')
    expect(answer.status).toBe(422)
    expect(
      answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ duplicate: true }, { error: { code: 'SCHEMA_INVALID' } }, { error: { code: 'LINE_TOO_LONG' } }])
  })

  it.each([
    { name: 'nothing', body: '\n \n', want: 400, code: 'REQUEST_INVALID' },
    { name: 'an array', body: '[{"type":"t","data":{}}]', want: 400, code: 'REQUEST_INVALID' },
    { name: 'an object over several lines', body: '{"type":"t",\n"data":\n{}\n}', want: 400, code: 'REQUEST_INVALID' },
    { name: 'drafts glued to one line', body: '{"type":"t","data":{}}'.repeat(2), want: 422, code: 'VALUE_REFUSED' },
    { name: 'too many drafts', body: '{}\n'.repeat(8193), want: 413, code: 'BATCH_TOO_LARGE' },
    { name: 'too many bytes', body: 'x'.repeat((1 << 20) + 1), want: 413, code: 'BATCH_TOO_LARGE' },
  ])('refuses $name', async ({ body, want, code }) => {
    const answer = await ask('POST', path, {}, body)
    expect(answer.status).toBe(want)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code } })
    expect(at.engine.appends).toEqual([])
  })

  const compressed = { says: 'uncompressed', header: 'Accept-Encoding: identity' }
  const form = { says: '--data-binary', header: 'Accept: application/x-ndjson' }
  it.each([
    { name: 'gzip', headers: { 'content-encoding': 'gzip' }, want: compressed },
    { name: 'deflate', headers: { 'content-encoding': 'deflate' }, want: compressed },
    { name: 'br behind identity', headers: { 'content-encoding': 'identity, BR' }, want: compressed },
    { name: 'a form with files', headers: { 'content-type': 'Multipart/Form-Data; boundary=x' }, want: form },
  ])('takes no body in the form of $name', async ({ headers, want }) => {
    const answer = await ask('POST', path, headers, '{"type":"t","data":{}}')
    expect(answer.status).toBe(415)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'REQUEST_INVALID', outcome: 'absent' } })
    expect(answer.body).toContain(want.says)
    expect(answer.head).toContain(want.header)
    expect(at.engine.appends).toEqual([])
  })

  it.each([
    { 'content-encoding': 'identity' },
    { 'content-encoding': '' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json' },
  ])('takes a body with %o', async (headers) => {
    expect((await ask('POST', path, headers, '{"type":"t","data":{}}')).status).toBe(200)
  })

  it('takes the one draft among the lines of an array, and answers for each', async () => {
    const answer = await ask('POST', path, {}, '[\n{"type":"t","data":{}}\n]')
    expect(at.engine.appends[0]).toMatchObject({ ledger: 'new', count: 3 })
    expect(answer.text.trim().split('\n')).toHaveLength(3)
  })

  it('says DRAINING with a time to come back when the daemon goes down', async () => {
    at.health.phase = 'draining'
    const answer = await ask('POST', path, {}, '{}')
    expect(answer.status).toBe(503)
    expect((await ask('GET', '/readyz')).status).toBe(503)
    expect((await ask('GET', '/healthz')).status).toBe(200)
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

function own(): Record<string, string> {
  return { host: `127.0.0.1:${at.port}`, authorization: `Bearer ${token}` }
}

/** One request on its own connection; `text` is the body with its chunks joined. */
async function ask(method: string, path: string, headers: Record<string, string | undefined> = {}, body = '') {
  const all = Object.entries({ ...own(), connection: 'close', ...headers }).filter(([, value]) => value !== undefined)
  const length = method === 'POST' ? [`content-length: ${Buffer.byteLength(body)}`] : []
  const head = [`${method} ${path} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), ...length]
  const answer = await sendRaw({ port: at.port }, `${head.join('\r\n')}\r\n\r\n${body}`)
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

function lines(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index
    return JSON.stringify({ n, type: n % 2 === 0 ? 'even' : 'odd', link: `l${n}` })
  })
}
