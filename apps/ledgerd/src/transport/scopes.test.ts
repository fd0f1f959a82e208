import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FrameClient } from '../../test/plain-clients.ts'
import { openTransport } from '../../test/transport-harness.ts'
import type { TransportHarness } from '../../test/transport-harness.ts'

const reader = 'R'.repeat(43)
const writer = 'W'.repeat(43)
const admin = 'M'.repeat(43)

let at: TransportHarness
beforeEach(async () => {
  at = await openTransport()
  at.grants.allow(
    { token: reader, allow: ['read'], ledgers: ['open/**'] },
    { token: writer, allow: ['append'], ledgers: ['open/**'] },
    { token: admin, allow: ['admin'], ledgers: [] },
  )
  at.engine.commit('open/a', ['{"id":"1"}'])
  at.engine.commit('secret/a', ['{"id":"2"}'])
})
afterEach(async () => {
  await at[Symbol.asyncDispose]()
})

const clientOf = async (token: string): Promise<FrameClient> =>
  await new FrameClient({ port: at.port }, { headers: { authorization: `Bearer ${token}` } }).greeted()
const draft = '{"data": {}, "id": "e1", "link": null, "meta": {}, "type": "t"}\n'
const follow = { t: 'follow', id: 1, from: 'start', live: true, credit: 1 << 20 } as const

describe('frames beyond the scope', () => {
  it.each([
    { token: reader, frame: { t: 'append', id: 1, ledger: 'open/a', n: 1 }, action: 'append' },
    { token: reader, frame: { t: 'append', id: 1, ledger: 'open/a', n: 1, schema: 'nope' }, action: 'append' },
    { token: writer, frame: { t: 'append', id: 1, ledger: 'secret/a', n: 1 }, action: 'append' },
    { token: writer, frame: { t: 'stat', id: 1, ledger: 'open/a' }, action: 'read' },
    { token: writer, frame: { t: 'get', id: 1, ledger: 'open/a', seq: 0 }, action: 'read' },
    { token: reader, frame: { t: 'get', id: 1, ledger: 'secret/a', eventId: '2' }, action: 'read' },
    { token: reader, frame: { t: 'stat', id: 1, ledger: 'secret/nowhere' }, action: 'read' },
    { token: writer, frame: { ...follow, ledgers: ['**'] }, action: 'read' },
  ] as const)('$frame is FORBIDDEN', async ({ token, frame, action }) => {
    const client = await clientOf(token)
    client.send(frame, frame.t === 'append' ? draft : undefined)
    const { header } = await client.next('error')
    const ledger = 'ledger' in frame ? { ledger: frame.ledger } : {}
    expect(header).toMatchObject({
      id: 1,
      error: { code: 'FORBIDDEN', outcome: 'absent', details: { action, ...ledger } },
    })
    expect(at.engine.appends).toEqual([])
    expect(at.metrics.counters.denials).toBe(1)
    client.ws.close()
  })

  it.each([
    { name: 'that exists', ledger: 'secret/a', live: true },
    { name: 'that does not', ledger: 'secret/b', live: true },
    { name: 'that exists, to its end', ledger: 'secret/a', live: false },
  ])('end a follow of a ledger $name as denied', async ({ ledger, live }) => {
    const client = await clientOf(reader)
    client.send({ ...follow, ledgers: [ledger], live })
    expect((await client.next('end')).header).toMatchObject({ reason: 'denied', error: { code: 'FORBIDDEN' } })
    client.ws.close()
  })

  it('a follow by pattern passes over what may not be read, now and later', async () => {
    const client = await clientOf(reader)
    client.send({ ...follow, ledgers: ['**'] })
    expect((await client.next('lines')).header).toMatchObject({ ledger: 'open/a' })
    at.engine.commit('secret/b', ['{"id":"3"}'])
    at.engine.commit('open/b', ['{"id":"4"}'])
    expect((await client.next('lines')).header).toMatchObject({ ledger: 'open/b' })
    client.ws.close()
  })
})

describe('requests beyond the scope', () => {
  it.each([
    { token: writer, path: '/v1/ledgers', want: 403 },
    { token: writer, path: '/v1/ledgers/open/a', want: 403 },
    { token: writer, path: '/v1/ledgers/open/a/lines', want: 403 },
    { token: writer, path: '/v1/ledgers/open/a/lines/0', want: 403 },
    { token: reader, path: '/v1/ledgers/secret/a/lines', want: 403 },
    { token: reader, path: '/v1/ledgers/secret/nowhere', want: 403 },
    { token: reader, path: '/v1/ledgers/open/nowhere', want: 404 },
    { token: reader, path: '/v1/ledgers/open/a/lines', want: 200 },
    { token: reader, path: '/metrics', want: 403 },
    { token: admin, path: '/metrics', want: 200 },
    { token: admin, path: '/v1/ledgers', want: 403 },
    { token: reader, path: '/v1/ledgers/open/a/append', body: draft, want: 403 },
    { token: writer, path: '/v1/ledgers/secret/a/append', body: draft, want: 403 },
    { token: writer, path: '/v1/ledgers/secret/a/append', body: 'no draft', want: 403 },
  ])('$path: $want', async ({ token, path, body, want }) => {
    const answer = await ask(token, path, body)
    expect(answer.status).toBe(want)
    if (want === 403) expect(await answer.json()).toMatchObject({ error: { code: 'FORBIDDEN' } })
    expect(at.engine.appends).toEqual([])
  })

  it('lists what may be read and nothing else', async () => {
    const text = await (await ask(reader, '/v1/ledgers')).text()
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { ledger: string }).ledger),
    ).toEqual(['open/a'])
  })
})

describe('a revoked token', () => {
  it('closes its connections with 4401 and cuts its live reads, and nobody else’s', async () => {
    const [gone, stays] = [await clientOf(reader), await clientOf(writer)]
    const live = await ask(reader, '/v1/ledgers/open/a/lines?follow=true')
    const cut = expect(live.text()).rejects.toThrow()
    at.grants.allow({ token: writer, allow: ['append'], ledgers: ['open/**'] })
    at.timers.advance(1000)
    expect(await gone.closed).toMatchObject({ code: 4401, reason: expect.stringMatching(/^UNAUTHENTICATED/) })
    await cut
    expect((await ask(reader, '/v1/ledgers')).status).toBe(401)
    stays.send({ t: 'ping' })
    await stays.next('pong')
    stays.ws.close()
  })

  it('is refused in the moment between the upgrade and hello', async () => {
    const client = await new FrameClient({ port: at.port }, { headers: { authorization: `Bearer ${reader}` } }).opened()
    at.grants.write(undefined)
    at.tokens.refresh()
    client.send({ t: 'hello', client: 'test' })
    expect((await client.closed).code).toBe(4401)
  })
})

async function ask(token: string, path: string, body?: string): Promise<Response> {
  return await fetch(`http://127.0.0.1:${at.port}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { method: 'POST', body }),
  })
}
