import { once } from 'node:events'
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FrameClient } from '../../test/plain-clients.ts'
import { openTransport, token } from '../../test/transport-harness.ts'
import type { TransportHarness } from '../../test/transport-harness.ts'

const guest = 'G'.repeat(43)
const slow = 'S'.repeat(43)

let at: TransportHarness
beforeEach(async () => {
  at = await openTransport({ connectionsPerPrincipalMax: 2 })
  at.grants.allow(
    { token: guest, allow: ['read'], ledgers: ['**'] },
    { token: slow, allow: ['append'], ledgers: ['**'], draftsPerSecondMax: 3 },
  )
  at.engine.commit('a', ['{"id":"1"}'])
})
afterEach(async () => {
  await at[Symbol.asyncDispose]()
})

const clientOf = (text: string): FrameClient =>
  new FrameClient({ port: at.port }, { headers: { authorization: `Bearer ${text}` } })
const ask = (path: string, text: string, body?: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${at.port}${path}`, {
    headers: { authorization: `Bearer ${text}` },
    ...(body === undefined ? {} : { method: 'POST', body }),
  })
const drafts = (count: number, from: number): string =>
  Array.from(
    { length: count },
    (_, n) => `{"data": {}, "id": "e${from + n}", "link": null, "meta": {}, "type": "t"}\n`,
  ).join('')

describe('connections of one token', () => {
  it('are closed with 4429 beyond their number, hello or not; those of others are not, and a place is free again', async () => {
    const [first] = [await clientOf(guest).greeted(), await clientOf(guest).opened()]
    const third = await clientOf(guest).opened()
    expect(await third.closed).toMatchObject({
      code: 4429,
      reason: expect.stringMatching(/^RATE_LIMITED: the token GGG/),
    })
    const other = await clientOf(token).greeted()
    expect(at.metrics.limits.connections_per_principal).toBe(1)
    first.ws.close()
    await first.closed
    const fourth = await clientOf(guest).greeted()
    for (const client of [fourth, other]) client.ws.close()
  })

  it('count with requests that are under way', async () => {
    const live = await Promise.all([1, 2].map(() => ask('/v1/ledgers/a/lines?follow=true', guest)))
    const refused = await ask('/v1/ledgers', guest)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED', retryAfterMs: 1000 } })
    expect((await (await clientOf(guest).opened()).closed).code).toBe(4429)
    for (const { body } of live) await body?.cancel()
  })

  it('over the local socket have only the limit of all', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => new FrameClient({ path: at.socketPath }, {}).greeted()))
    expect(clients).toHaveLength(4)
    for (const client of clients) client.ws.close()
  })
})

describe('the draft rate of a token', () => {
  it('refuses before anything reaches the engine, says how long to wait, and then lets through', async () => {
    const client = await clientOf(slow).greeted()
    at.engine.respond = () => Promise.reject(new Error('not under test'))
    client.send({ t: 'append', id: 1, ledger: 'a', n: 4 }, drafts(4, 0))
    client.send({ t: 'append', id: 2, ledger: 'a', n: 1 }, drafts(1, 4))
    const answers = [(await client.next('error')).header, (await client.next('error')).header]
    expect(answers.find(({ id }) => id === 2)).toMatchObject({
      error: { code: 'RATE_LIMITED', outcome: 'absent', retryAfterMs: 334 },
    })
    expect(at.engine.appends).toHaveLength(1)
    const refused = await ask('/v1/ledgers/a/append', slow, drafts(1, 5))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(at.metrics.limits.draft_rate).toBe(2)
    at.timers.advance(334)
    client.send({ t: 'append', id: 3, ledger: 'a', n: 1 }, drafts(1, 6))
    await client.next('error')
    expect(at.engine.appends).toHaveLength(2)
    client.ws.close()
  })
})

describe('a peer that was refused and does not hang up', () => {
  it.each([
    {
      name: 'an upgrade',
      words: 'GET /v1/ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      want: '421',
    },
    { name: 'no HTTP', words: 'nothing\r\n\r\n', want: '400' },
  ])('is cut off after a while: $name', async ({ words, want }) => {
    const socket = net.connect({ port: at.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write(words)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString().slice(9, 12)).toBe(want)
    socket.resume()
    await once(socket, 'end')
    expect(at.metrics.gaugeValue('sockets_open')).toBe(1)
    at.timers.advance(2001)
    await vi.waitFor(() => expect(at.metrics.gaugeValue('sockets_open')).toBe(0))
    socket.destroy()
  })
})

it('each limit is in the metrics by name before it is hit', async () => {
  const text = await (await ask('/metrics', token)).text()
  const names = Object.keys(at.metrics.limits)
  expect(names.length).toBeGreaterThan(5)
  for (const name of names) expect(text).toContain(`ledgerd_limits_hit_total{limit="${name}"} 0`)
})
