import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FrameClient } from '../../test/plain-clients.ts'
import { openTransport, token, type TransportHarness } from '../../test/transport-harness.ts'

let at: TransportHarness
beforeEach(async () => {
  // One message that is not light in a turn.
  at = await openTransport({ lightBytesMax: 600, heavyTurnMs: 0 })
})
afterEach(async () => {
  await at[Symbol.asyncDispose]()
})

const headers = { authorization: `Bearer ${token}` }
const clientOf = (): Promise<FrameClient> => new FrameClient({ port: at.port }, { headers }).greeted()
const draft = (n: number, length: number): string =>
  `{"data": {"x": "${'x'.repeat(length)}"}, "id": "e${n}", "link": null, "meta": {}, "type": "t"}\n`

function flood(client: FrameClient, ledger: string, count: number): void {
  for (let n = 0; n < count; n++) client.send({ t: 'append', id: n, ledger, n: 1 }, draft(n, 4000))
}

const idsOf = (ledger: string): string[] =>
  (at.engine.ledgers.get(ledger)?.lines ?? []).map((line) => (JSON.parse(line) as { id: string }).id)
const inOrder = (count: number): string[] => Array.from({ length: count }, (_, n) => `e${n}`)

it('keeps the messages of a connection in order while they wait, and its end behind them', async () => {
  const client = await clientOf()
  flood(client, 'a', 60)
  client.ws.close()
  await client.closed
  await vi.waitFor(() => expect(at.metrics.gaugeValue('connections_open')).toBe(0))
  expect(idsOf('a')).toEqual(inOrder(60))
})

it('lets who sends little pass those who wait', async () => {
  const [loud, quiet] = [await clientOf(), await clientOf()]
  flood(loud, 'a', 200)
  quiet.send({ t: 'append', id: 1, ledger: 'b', n: 1 }, draft(0, 1))
  await quiet.next('receipts')
  expect(idsOf('a').length).toBeLessThan(200)
  await vi.waitFor(() => expect(idsOf('a')).toEqual(inOrder(200)), { timeout: 10_000 })
  for (const { ws } of [loud, quiet]) ws.terminate()
})

it('takes in a large append in parts, with one answer, and lets others pass between them', async () => {
  await at[Symbol.asyncDispose]()
  at = await openTransport({ lightBytesMax: 600, heavyTurnMs: 0, appendPartBytesMax: 8000 })
  const [loud, quiet] = [await clientOf(), await clientOf()]
  const append = at.engine.append.bind(at.engine)
  let takenIn = 0
  at.engine.append = (request) => {
    if (request.ledger === 'b') takenIn = idsOf('a').length
    else if (idsOf('a').length === 0) quiet.send({ t: 'append', id: 1, ledger: 'b', n: 1 }, draft(0, 1))
    return append(request)
  }
  const drafts = Array.from({ length: 200 }, (_, n) => draft(n, 4000)).join('')
  loud.send({ t: 'append', id: 1, ledger: 'a', n: 200 }, drafts)
  loud.send({ t: 'append', id: 2, ledger: 'a', n: 1 }, draft(200, 1))
  await quiet.next('receipts')
  expect(takenIn).toBeGreaterThan(0)
  expect(takenIn).toBeLessThan(200)
  const acks = [...(await loud.next('receipts')).header.acks]
  if (acks.length < 2) acks.push(...(await loud.next('receipts')).header.acks)
  expect(acks).toEqual([
    [1, 0, 200],
    [2, 200, 1],
  ])
  expect(idsOf('a')).toEqual(inOrder(201))
  for (const { ws } of [loud, quiet]) ws.terminate()
})

it('reads on from a peer whose session had stopped reading it meanwhile', async () => {
  await at[Symbol.asyncDispose]()
  at = await openTransport({ lightBytesMax: 600, heavyTurnMs: 0, requestsPerConnectionMax: 3 })
  const client = await clientOf()
  flood(client, 'a', 40)
  await vi.waitFor(() => expect(idsOf('a')).toEqual(inOrder(40)), { timeout: 10_000 })
  client.ws.terminate()
})
