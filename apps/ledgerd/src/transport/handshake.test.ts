import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendRaw } from '../../test/plain-clients.ts'
import { openTransport, token } from '../../test/transport-harness.ts'
import type { TransportHarness } from '../../test/transport-harness.ts'

let at: TransportHarness
beforeAll(async () => {
  at = await openTransport({ failedLoginsPerMinuteMax: 1000 })
})
afterAll(async () => {
  await at[Symbol.asyncDispose]()
})

const wrong = 'B'.repeat(43)
const hosts = [
  { name: 'own', lines: () => [`Host: 127.0.0.1:${at.port}`], isRight: true },
  { name: 'localhost', lines: () => [`Host: LOCALHOST:${at.port}`], isRight: true },
  { name: 'v6', lines: () => [`Host: [::1]:${at.port}`], isRight: true },
  { name: 'none', lines: () => [], isRight: false },
  { name: 'rebound', lines: () => [`Host: evil.example:${at.port}`], isRight: false },
  { name: 'other port', lines: () => ['Host: 127.0.0.1:1'], isRight: false },
  { name: 'no port', lines: () => ['Host: 127.0.0.1'], isRight: false },
  { name: 'suffix', lines: () => [`Host: 127.0.0.1:${at.port}.evil.example`], isRight: false },
  { name: 'two', lines: () => [`Host: 127.0.0.1:${at.port}`, 'Host: evil.example'], isRight: false },
]
const origins = [
  { name: 'none', lines: [] as string[], isRight: true },
  { name: 'a page', lines: ['Origin: https://evil.example'], isRight: false },
  { name: 'null', lines: ['Origin: null'], isRight: false },
  { name: 'empty', lines: ['Origin: '], isRight: false },
  { name: 'itself', lines: ['Origin: http://127.0.0.1:4437'], isRight: false },
]
const tokens = [
  { name: 'right', lines: [`Authorization: Bearer ${token}`], isRight: true },
  { name: 'none', lines: [], isRight: false },
  { name: 'wrong', lines: [`Authorization: Bearer ${wrong}`], isRight: false },
  { name: 'short', lines: [`Authorization: Bearer ${token.slice(1)}`], isRight: false },
  { name: 'long', lines: [`Authorization: Bearer ${token}A`], isRight: false },
  { name: 'basic', lines: [`Authorization: Basic ${token}`], isRight: false },
  { name: 'two', lines: [`Authorization: Bearer ${wrong}`, `Authorization: Bearer ${token}`], isRight: false },
]
const targets = ['/v1/ws', '/', '/v1/ws/', '/v1/ws?token=x', '//v1/ws', '/V1/ws', '/v1%2fws', '/v1/./ws'].map(
  (path, index) => ({ path, isRight: index === 0 }),
)

const upgrade = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]
const protocol = 'Sec-WebSocket-Protocol: ledgerd.v1'
const request = (path: string, lines: readonly string[]): string =>
  `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`

describe('a handshake over TCP', () => {
  it('passes Host, Origin, path and token in that order, or says which one failed first', async () => {
    let accepted = 0
    for (const host of hosts)
      for (const origin of origins)
        for (const target of targets)
          for (const credential of tokens) {
            const want = !host.isRight
              ? 421
              : !origin.isRight
                ? 403
                : !target.isRight
                  ? 404
                  : !credential.isRight
                    ? 401
                    : 101
            const lines = [...host.lines(), ...origin.lines, ...credential.lines, ...upgrade, protocol]
            const answer = await sendRaw({ port: at.port }, request(target.path, lines))
            expect(`${host.name}, ${origin.name}, ${target.path}, ${credential.name}: ${answer.status}`).toBe(
              `${host.name}, ${origin.name}, ${target.path}, ${credential.name}: ${want}`,
            )
            if (want === 101) accepted += 1
          }
    expect(accepted).toBe(3)
  })

  it.each([
    { name: 'no subprotocol', lines: [] },
    { name: 'another version', lines: ['Sec-WebSocket-Protocol: ledgerd.v2'] },
  ])('refuses $name with PROTOCOL_VERSION', async ({ lines }) => {
    const head = [`Host: 127.0.0.1:${at.port}`, `Authorization: Bearer ${token}`, ...upgrade, ...lines]
    const answer = await sendRaw({ port: at.port }, request('/v1/ws', head))
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'PROTOCOL_VERSION' } })
  })

  it('never offers compression', async () => {
    const head = [
      `Host: 127.0.0.1:${at.port}`,
      `Authorization: Bearer ${token}`,
      'Sec-WebSocket-Extensions: permessage-deflate',
      ...upgrade,
      protocol,
    ]
    const answer = await sendRaw({ port: at.port }, request('/v1/ws', head))
    expect(answer.status).toBe(101)
    expect(answer.head).toContain('Sec-WebSocket-Protocol: ledgerd.v1')
    expect(answer.head.toLowerCase()).not.toContain('extensions')
  })
})

describe('a handshake over the local socket', () => {
  it.each([
    { name: 'needs no token and no Host', lines: [] as string[], want: 101 },
    { name: 'still refuses web pages', lines: ['Origin: https://evil.example'], want: 403 },
  ])('$name', async ({ lines, want }) => {
    const answer = await sendRaw({ path: at.socketPath }, request('/v1/ws', [...lines, ...upgrade, protocol]))
    expect(answer.status).toBe(want)
  })
})

describe('failed logins', () => {
  it('are limited per minute, and a right token gets in all the same', async () => {
    await using strict = await openTransport({ failedLoginsPerMinuteMax: 2 })
    const login = async (text: string): Promise<number> =>
      (
        await sendRaw(
          { port: strict.port },
          request('/v1/ws', [`Host: 127.0.0.1:${strict.port}`, `Authorization: Bearer ${text}`, ...upgrade, protocol]),
        )
      ).status
    expect([await login(wrong), await login(wrong), await login(wrong), await login(token)]).toEqual([
      401, 401, 429, 101,
    ])
    strict.timers.advance(60_001)
    expect(await login(wrong)).toBe(401)
  })
})
