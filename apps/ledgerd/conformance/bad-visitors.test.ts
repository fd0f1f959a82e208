// Who may not come in, and HTTP that is none: foreign Hosts and Origins, wrong tokens, wrong paths, methods, bodies and
// subprotocols. Each is refused with the status and code of PROTOCOL.md §2 and §6, for requests and upgrades alike.
import type { ErrorCode, ErrorDocument } from '@ledgerd/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AttackedDaemon, mark } from '../test/attacked-daemon.ts'
import { sendRaw } from '../test/plain-clients.ts'
import type { Place, RawAnswer } from '../test/plain-clients.ts'

let at: AttackedDaemon
beforeAll(async () => {
  at = await AttackedDaemon.start()
})
afterAll(async () => {
  await at.stop()
})

const upgrade =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
const webSocket = `${upgrade}Sec-WebSocket-Protocol: ledgerd.v1\r\n`
const lines = '/v1/ledgers/worlds/target/lines'
const append = '/v1/ledgers/worlds/target/append'
const draft = `{"type": "a.b", "data": {"v": "${mark}"}}`

describe('a foreign Host, as after DNS rebinding', () => {
  it.each([
    { name: 'a name', host: () => 'Host: evil.example\r\n' },
    { name: 'a name with our port', host: (port: number) => `Host: evil.example:${port}\r\n` },
    { name: 'a name that begins like ours', host: (port: number) => `Host: localhost.evil.example:${port}\r\n` },
    { name: 'a name that ends like ours', host: (port: number) => `Host: evil-localhost:${port}\r\n` },
    { name: 'our address without the port', host: () => 'Host: 127.0.0.1\r\n' },
    { name: 'our address with another port', host: () => 'Host: 127.0.0.1:1\r\n' },
    { name: 'another address of loopback', host: (port: number) => `Host: 127.0.0.2:${port}\r\n` },
    { name: 'a user before our address', host: (port: number) => `Host: evil@127.0.0.1:${port}\r\n` },
    { name: 'none', host: () => '' },
    { name: 'empty', host: () => 'Host:\r\n' },
    { name: 'ours and another', host: (port: number) => `Host: 127.0.0.1:${port}\r\nHost: evil.example\r\n` },
  ])('$name is 421 over TCP, right token or not', async ({ host }) => {
    const { port } = at.tcp as { port: number }
    const headers = `${host(port)}Authorization: Bearer ${at.token}\r\n`
    for (const head of [`GET ${lines}`, 'GET /healthz', `POST ${append}`])
      await expectRefused(
        at.tcp,
        `${head} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`,
        421,
        'REQUEST_INVALID',
        /Host/,
      )
    await expectRefused(at.tcp, `GET /v1/ws HTTP/1.1\r\n${headers}${webSocket}\r\n`, 421, 'REQUEST_INVALID', /Host/)
  })
})

describe('a web page', () => {
  it.each([
    { name: 'foreign', origin: () => 'Origin: https://evil.example\r\n' },
    { name: 'of a file', origin: () => 'Origin: null\r\n' },
    { name: 'empty', origin: () => 'Origin:\r\n' },
    { name: 'of another program on this machine', origin: () => 'Origin: http://localhost:3000\r\n' },
    { name: 'twice', origin: () => 'Origin: http://127.0.0.1\r\nOrigin: https://evil.example\r\n' },
  ])('$name is 403, over the local socket too', async ({ origin }) => {
    for (const { place } of at.places) {
      const headers = `${at.ownHeaders(place)}${origin()}`
      for (const head of [`GET ${lines}`, 'GET /healthz', `POST ${append}`])
        await expectRefused(
          place,
          `${head} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`,
          403,
          'FORBIDDEN',
          /origin/,
        )
      await expectRefused(place, `GET /v1/ws HTTP/1.1\r\n${headers}${webSocket}\r\n`, 403, 'FORBIDDEN', /origin/)
    }
  })
})

describe('an upgrade that is none of ours', () => {
  it.each([
    {
      name: 'no subprotocol',
      request: `GET /v1/ws HTTP/1.1\r\n`,
      headers: upgrade,
      want: 400,
      code: 'PROTOCOL_VERSION',
      says: /ledgerd\.v1/,
    },
    {
      name: 'another version',
      request: `GET /v1/ws HTTP/1.1\r\n`,
      headers: `${upgrade}Sec-WebSocket-Protocol: ledgerd.v2, x\r\n`,
      want: 400,
      code: 'PROTOCOL_VERSION',
      says: /ledgerd\.v1/,
    },
    {
      name: 'another path',
      request: `GET /v1/ledgers HTTP/1.1\r\n`,
      headers: webSocket,
      want: 404,
      code: 'REQUEST_INVALID',
      says: /\/v1\/ws/,
    },
    {
      name: 'a query',
      request: `GET /v1/ws?token=${mark} HTTP/1.1\r\n`,
      headers: webSocket,
      want: 404,
      code: 'REQUEST_INVALID',
      says: /\/v1\/ws/,
    },
  ] as const)('$name', async ({ request, headers, want, code, says }) => {
    for (const { place } of at.places)
      await expectRefused(place, `${request}${at.ownHeaders(place)}${headers}\r\n`, want, code, says)
  })
})

describe('requests that ask for nothing there is', () => {
  it.each([
    { request: 'GET / HTTP/1.1', want: 404, says: /nothing at this path/ },
    { request: 'GET /healthz/ HTTP/1.1', want: 404, says: /nothing at this path/ },
    { request: 'GET //healthz HTTP/1.1', want: 404, says: /nothing at this path/ },
    { request: 'GET /v1/ledgers/ HTTP/1.1', want: 404, says: /nothing at this path/ },
    { request: 'GET /V1/LEDGERS HTTP/1.1', want: 404, says: /nothing at this path/ },
    { request: 'GET /v1/ws HTTP/1.1', want: 426, says: /Upgrade/ },
    { request: 'GET http://evil.example/healthz HTTP/1.1', want: 404, says: /nothing at this path/ },
    { request: 'OPTIONS * HTTP/1.1', want: 404, says: /nothing at this path/ },
    { request: `GET ${append} HTTP/1.1`, want: 405, says: /POST/ },
    { request: `POST ${lines} HTTP/1.1`, want: 405, says: /GET/ },
    { request: 'DELETE /v1/ledgers/worlds/target HTTP/1.1', want: 405, says: /GET/ },
    { request: 'PUT /healthz HTTP/1.1', want: 405, says: /GET/ },
    { request: 'TRACE /healthz HTTP/1.1', want: 405, says: /GET/ },
    { request: `GET ${lines}?from=nope HTTP/1.1`, want: 400, says: /from is/ },
    { request: `GET ${lines}?from=1e400 HTTP/1.1`, want: 400, says: /from is/ },
    { request: `GET ${lines}?from=@yesterday HTTP/1.1`, want: 400, says: /from is/ },
    { request: `GET ${lines}?from=@2026-99-99T00:00:00Z HTTP/1.1`, want: 400, says: /time/ },
    { request: `GET ${lines}?from=1&from=2 HTTP/1.1`, want: 400, says: /twice/ },
    { request: `GET ${lines}?limit=0 HTTP/1.1`, want: 400, says: /limit/ },
    { request: `GET ${lines}?follow=yes HTTP/1.1`, want: 400, says: /follow/ },
    { request: `GET ${lines}?types=a.b,, HTTP/1.1`, want: 400, says: /types/ },
    { request: `GET ${lines}?__proto__=1 HTTP/1.1`, want: 400, says: /this route takes/ },
    { request: 'GET /healthz?x HTTP/1.1', want: 400, says: /no parameters/ },
    { request: 'GET /v1/ledgers?pattern=../* HTTP/1.1', want: 400, code: 'LEDGER_ID_INVALID', says: /nor a pattern/ },
    { request: `GET ${lines}?from=4 HTTP/1.1`, want: 416, code: 'CURSOR_AHEAD', says: /4/ },
    { request: `GET ${lines}/3 HTTP/1.1`, want: 404, code: 'EVENT_NOT_FOUND', says: /3 lines/ },
    { request: `GET ${lines}/9999999999999999 HTTP/1.1`, want: 404, code: 'EVENT_NOT_FOUND', says: /3 lines/ },
    { request: 'GET /v1/ledgers/worlds/nowhere HTTP/1.1', want: 404, code: 'LEDGER_NOT_FOUND', says: /nowhere/ },
    {
      request: 'GET /v1/ledgers/worlds/nowhere/lines?follow=true HTTP/1.1',
      want: 404,
      code: 'LEDGER_NOT_FOUND',
      says: /nowhere/,
    },
    { request: `GET ${lines} HTTP/1.1\r\nX: ${'x'.repeat(9000)}`, want: 431, says: /limits/ },
    { request: `GET ${lines} HTTP/1.1${'\r\nX: 1'.repeat(65)}`, want: 431, says: /64 headers/ },
    { request: `GET ${lines}/a\0b HTTP/1.1`, want: 400, says: /HTTP/ },
    { request: `GET ${lines} HTTP/9.9`, want: 400, says: /HTTP/ },
    { request: `${mark} nothing`, want: 400, says: /HTTP/ },
  ] as { request: string; want: number; code?: ErrorCode; says: RegExp }[])(
    '$request',
    async ({ request, want, code, says }) => {
      for (const { place } of at.places)
        await expectRefused(
          place,
          `${request}\r\n${at.ownHeaders(place)}Connection: close\r\n\r\n`,
          want,
          code ?? 'REQUEST_INVALID',
          says,
        )
    },
  )
})

describe('bodies that are no drafts', () => {
  const counted = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  it.each([
    { name: 'none', rest: '\r\n', want: 400, says: /no draft/ },
    { name: 'empty', rest: counted(''), want: 400, says: /no draft/ },
    { name: 'blank lines', rest: counted('\n \r\n\t\n'), want: 400, says: /no draft/ },
    { name: '2 MB', rest: counted('x'.repeat(2_000_000)), want: 413, code: 'BATCH_TOO_LARGE', says: /1048576/ },
    {
      name: '2 MB in chunks',
      rest: `Transfer-Encoding: chunked\r\n\r\n${(2_000_000).toString(16)}\r\n${'x'.repeat(2_000_000)}\r\n0\r\n\r\n`,
      want: 413,
      code: 'BATCH_TOO_LARGE',
      says: /1048576/,
    },
    { name: '8,193 drafts', rest: counted('{}\n'.repeat(8193)), want: 413, code: 'BATCH_TOO_LARGE', says: /8192/ },
    { name: 'two lengths', rest: `Content-Length: 1\r\n${counted(draft)}`, want: 400, says: /HTTP/ },
    { name: 'a length and chunks', rest: `Transfer-Encoding: chunked\r\n${counted(draft)}`, want: 400, says: /HTTP/ },
    {
      name: 'a chunk of no size',
      rest: `Transfer-Encoding: chunked\r\n\r\nzz\r\n${draft}\r\n`,
      want: 400,
      says: /HTTP|early/,
    },
  ] as { name: string; rest: string; want: number; code?: ErrorCode; says: RegExp }[])(
    '$name',
    async ({ rest, want, code, says }) => {
      for (const { place } of at.places)
        await expectRefused(
          place,
          `POST ${append} HTTP/1.1\r\n${at.ownHeaders(place)}Connection: close\r\n${rest}`,
          want,
          code ?? 'REQUEST_INVALID',
          says,
        )
    },
  )

  it.each([
    { query: '?atomic=1', says: /atomic/, want: 400, code: 'REQUEST_INVALID' },
    { query: '?expect-size=-1', says: /expect-size/, want: 400, code: 'REQUEST_INVALID' },
    { query: '?expect-size=3&expect-size=3', says: /twice/, want: 400, code: 'REQUEST_INVALID' },
    { query: `?token=${mark}`, says: /this route takes/, want: 400, code: 'REQUEST_INVALID' },
    { query: '?expect-size=9', says: /3 lines/, want: 409, code: 'EXPECT_FAILED' },
  ] as const)('append$query', async ({ query, says, want, code }) => {
    for (const { place } of at.places)
      await expectRefused(
        place,
        `POST ${append}${query} HTTP/1.1\r\n${at.ownHeaders(place)}Connection: close\r\n${counted(draft)}`,
        want,
        code,
        says,
      )
  })
})

describe('wrong tokens', () => {
  it('are 401 for requests and upgrades, then 429, while the right one gets in', async () => {
    const { port } = at.tcp as { port: number }
    const { token } = at
    const host = `Host: 127.0.0.1:${port}\r\n`
    const wrong = [
      '',
      'Authorization:\r\n',
      `Authorization: Bearer ${mark}\r\n`,
      `Authorization: Bearer ${token}x\r\n`,
      `Authorization: Bearer ${token.slice(0, -1)}\r\n`,
      `Authorization: Basic ${token}\r\n`,
      `Authorization: ${token}\r\n`,
      `Authorization: Bearer ${token}\r\nAuthorization: Bearer ${mark}\r\n`,
    ]
    for (const [index, header] of wrong.entries()) {
      const request =
        index % 2 === 0 ? `GET ${lines} HTTP/1.1\r\nConnection: close\r\n` : `GET /v1/ws HTTP/1.1\r\n${webSocket}`
      const { head } = await expectRefused(at.tcp, `${request}${host}${header}\r\n`, 401, 'UNAUTHENTICATED', /token/)
      if (index % 2 === 0) expect(head).toMatch(/^WWW-Authenticate: Bearer\r?$/m)
    }
    for (const _ of [1, 2])
      await expectRefused(
        at.tcp,
        `POST ${append} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
        401,
        'UNAUTHENTICATED',
        /token/,
      )

    const guess = `${host}Authorization: Bearer ${mark}\r\n`
    const { head, body } = await expectRefused(
      at.tcp,
      `GET ${lines} HTTP/1.1\r\n${guess}Connection: close\r\n\r\n`,
      429,
      'RATE_LIMITED',
      /wait/,
    )
    const { retryAfterMs = 0 } = (JSON.parse(body) as { error: ErrorDocument }).error
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
    expect(head).toMatch(/^Retry-After: \d+\r?$/m)
    await expectRefused(at.tcp, `GET /v1/ws HTTP/1.1\r\n${guess}${webSocket}\r\n`, 429, 'RATE_LIMITED', /wait/)

    await at.withstand(async () => {
      expect(
        (await sendRaw(at.tcp, `GET ${lines} HTTP/1.1\r\n${at.ownHeaders(at.tcp)}Connection: close\r\n\r\n`)).status,
      ).toBe(200)
      expect((await sendRaw(at.tcp, `GET /v1/ws HTTP/1.1\r\n${at.ownHeaders(at.tcp)}${webSocket}\r\n`)).status).toBe(
        101,
      )
      const client = await at.connect(at.tcp)
      client.ws.close()
    })
  })
})

/** One request and its refusal, whole: status, code, outcome, and a message that says what is wrong. */
async function expectRefused(
  place: Place,
  request: string,
  want: number,
  code: ErrorCode,
  says: RegExp,
): Promise<RawAnswer> {
  return await at.withstand(async () => {
    const answer = await sendRaw(place, request)
    expect(answer.status, answer.body).toBe(want)
    const { error } = JSON.parse(answer.body) as { error: ErrorDocument }
    const isReading = code === 'EVENT_NOT_FOUND' || code === 'CURSOR_AHEAD'
    expect(error).toMatchObject({ code, retryable: code === 'RATE_LIMITED' })
    expect(error.outcome).toBe(isReading ? undefined : 'absent')
    expect(error.message).toMatch(says)
    expect(`${answer.head}${answer.body}`).not.toContain(mark)
    return answer
  })
}
