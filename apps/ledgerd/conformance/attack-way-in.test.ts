// Every way in, tried from outside (reliability: suite P): Host × Origin × token × request, with headers missing, repeated
// and foreign. What a combination must be answered follows from PROTOCOL.md §2 alone; 200 and 101 come out only where
// everything is right. Then what a page in a browser would try: preflights, methods, tokens in URLs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handInFile } from '../faults/suite-report.ts'
import { hookTimeoutMs } from '../test/daemon-process.ts'
import { AttackedDaemon, mark } from '../test/attacked-daemon.ts'
import { sendRaw } from '../test/plain-clients.ts'

let at: AttackedDaemon
let port: number
const counts = { combinations: 0, 'let in': 0 }

handInFile('P way in', 19, () => ({ counts, guards: [{ name: 'combinations', value: counts.combinations, min: 300 }] }))

beforeAll(async () => {
  at = await AttackedDaemon.start()
  ;({ port } = at.tcp as { port: number })
}, hookTimeoutMs)
afterAll(async () => {
  await at.stop()
}, hookTimeoutMs)

interface Choice {
  readonly name: string
  readonly lines: () => readonly string[]
  readonly isRight: boolean
}

const hosts: Choice[] = [
  { name: 'our Host', lines: () => [`Host: 127.0.0.1:${port}`], isRight: true },
  { name: 'our Host by name', lines: () => [`host: LocalHost:${port}`], isRight: true },
  { name: 'no Host', lines: () => [], isRight: false },
  { name: 'a rebound name', lines: () => [`Host: rebound.example:${port}`], isRight: false },
  { name: 'a name that ends in our address', lines: () => [`Host: 127.0.0.1:${port}.example`], isRight: false },
  { name: 'our address without the port', lines: () => ['Host: 127.0.0.1'], isRight: false },
  { name: 'our Host twice', lines: () => [`Host: 127.0.0.1:${port}`, `Host: 127.0.0.1:${port}`], isRight: false },
]
const origins: Choice[] = [
  { name: 'no Origin', lines: () => [], isRight: true },
  { name: 'a foreign Origin', lines: () => ['Origin: https://evil.example'], isRight: false },
  { name: 'the Origin null', lines: () => ['Origin: null'], isRight: false },
  { name: 'our own address as Origin', lines: () => [`Origin: http://127.0.0.1:${port}`], isRight: false },
]
const tokens: Choice[] = [
  { name: 'the token', lines: () => [`Authorization: Bearer ${at.token}`], isRight: true },
  { name: 'no token', lines: () => [], isRight: false },
  { name: 'a wrong token', lines: () => [`Authorization: Bearer ${mark}`], isRight: false },
  {
    name: 'a wrong token, then the token',
    lines: () => [`Authorization: Bearer ${mark}`, `Authorization: Bearer ${at.token}`],
    isRight: false,
  },
  {
    name: 'the token as a cookie',
    lines: () => [`Cookie: token=${at.token}; Authorization=${at.token}`],
    isRight: false,
  },
]
const upgrade = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: ledgerd.v1',
]
const requests = [
  { line: 'GET /v1/ledgers/worlds/target/lines', more: ['Connection: close'], right: 200, needsToken: true },
  { line: 'GET /v1/ws', more: upgrade, right: 101, needsToken: true },
  { line: 'GET /healthz', more: ['Connection: close'], right: 200, needsToken: false },
]

describe('every combination of Host, Origin, token and request', () => {
  it.each(requests)('$line', async ({ line, more, right, needsToken }) => {
    let letIn = 0
    let tried = 0
    await at.withstand(async () => {
      for (const host of hosts)
        for (const origin of origins)
          for (const token of tokens) {
            const want = !host.isRight ? 421 : !origin.isRight ? 403 : needsToken && !token.isRight ? 401 : right
            const head = [...host.lines(), ...origin.lines(), ...token.lines(), ...more]
            const { status, body } = await sendRaw(at.tcp, `${line} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`)
            // Whoever has guessed ten times is not told whether the next guess was wrong.
            const isAsWanted = status === want || (want === 401 && status === 429)
            expect(isAsWanted, `${host.name}, ${origin.name}, ${token.name}: ${status}`).toBe(true)
            expect(body).not.toContain(mark)
            tried += 1
            if (status === right) letIn += 1
          }
    })
    counts.combinations += tried
    counts['let in'] += letIn
    expect({ tried, letIn }).toEqual({ tried: 140, letIn: needsToken ? 2 : 10 })
  })
})

describe('what a page would try', () => {
  it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s from a foreign page is 403 on every path, and nothing is said to its browser',
    async (method) => {
      await at.withstand(async () => {
        for (const path of ['/v1/ledgers', '/v1/ledgers/worlds/target/append', '/metrics', '/readyz', '/nowhere']) {
          const head = [`Host: 127.0.0.1:${port}`, 'Origin: https://evil.example', 'Connection: close']
          const preflight = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: authorization']
          const answer = await sendRaw(
            at.tcp,
            `${method} ${path} HTTP/1.1\r\n${[...head, ...preflight].join('\r\n')}\r\n\r\n`,
          )
          expect(`${method} ${path}: ${answer.status}`).toBe(`${method} ${path}: 403`)
          expect(answer.head.toLowerCase()).not.toMatch(/access-control|set-cookie/)
        }
      })
    },
  )

  it('a simple form post, which needs no preflight, leaves nothing', async () => {
    const body = `{"type": "a.b", "data": {"v": "${mark}"}}`
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      await at.withstand(async () => {
        const head = `${at.ownHeaders(at.tcp)}Origin: https://evil.example\r\nContent-Type: ${type}\r\nConnection: close\r\n`
        const request = `POST /v1/ledgers/worlds/target/append HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`
        expect((await sendRaw(at.tcp, request)).status).toBe(403)
      })
  })

  it('no header lets a method pass for another, or a proxy speak for a visitor', async () => {
    const lies = [
      'X-HTTP-Method-Override: POST',
      'X-Forwarded-Host: 127.0.0.1',
      'X-Forwarded-For: 127.0.0.1',
      'Forwarded: for=127.0.0.1;host=127.0.0.1',
      'X-Original-URL: /healthz',
      'X-Rewrite-URL: /healthz',
    ]
    for (const lie of lies)
      await at.withstand(async () => {
        const head = `Host: rebound.example\r\n${lie}\r\nConnection: close\r\n`
        expect((await sendRaw(at.tcp, `GET /v1/ledgers HTTP/1.1\r\n${head}\r\n`)).status).toBe(421)
        const own = `${at.ownHeaders(at.tcp)}${lie}\r\nConnection: close\r\n`
        const get = await sendRaw(at.tcp, `GET /v1/ledgers/worlds/target/append HTTP/1.1\r\n${own}\r\n`)
        expect(get.status).toBe(405)
      })
  })
})

describe('the token in a URL', () => {
  it.each([
    { name: 'as a query', target: () => `/v1/ledgers?token=${at.token}` },
    { name: 'as a query of the log in', target: () => `/v1/ledgers?access_token=${at.token}` },
    { name: 'of the WebSocket', target: () => `/v1/ws?token=${at.token}` },
    { name: 'as user and password', target: () => `http://x:${at.token}@127.0.0.1:${port}/v1/ledgers` },
    { name: 'as a path', target: () => `/${at.token}/v1/ledgers` },
  ])('$name lets nobody in, and is in no answer and no log', async ({ target }) => {
    await at.withstand(async () => {
      const head = `Host: 127.0.0.1:${port}\r\nConnection: close\r\n`
      const answer = await sendRaw(at.tcp, `GET ${target()} HTTP/1.1\r\n${head}\r\n`)
      expect([400, 401, 404, 426, 429]).toContain(answer.status)
      expect(answer.head + answer.body).not.toContain(at.token)
      expect(at.daemon.said).not.toContain(at.token)
    })
  })
})
