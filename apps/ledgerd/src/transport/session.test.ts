import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeFrame } from '@ledgerd/protocol'
import type { ClientFrame } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'
import { FrameClient } from '../../test/plain-clients.ts'
import { openTransport, token } from '../../test/transport-harness.ts'
import type { TransportHarness } from '../../test/transport-harness.ts'

let at: TransportHarness
beforeEach(async () => {
  at = await openTransport()
})
afterEach(async () => {
  await at[Symbol.asyncDispose]()
})

const clientOf = ({ port }: TransportHarness): FrameClient =>
  new FrameClient({ port }, { headers: { authorization: `Bearer ${token}` } })

const draft = (n: number): string => `{"data": {}, "id": "e${n}", "link": null, "meta": {}, "type": "t"}\n`

describe('the greeting', () => {
  it('answers hello with version and limits', async () => {
    const client = await clientOf(at).opened()
    client.send({ t: 'hello', client: 'test' })
    const { header } = await client.next('welcome')
    expect(header).toMatchObject({
      v: 1,
      daemon: 'ledgerd/test',
      heartbeatMs: 5000,
      limits: { lineBytesMax: 65_535, depthMax: 64 },
    })
  })

  it('closes with 4409 when something else comes first', async () => {
    const client = await clientOf(at).opened()
    client.send({ t: 'ping' })
    expect(await client.closed).toMatchObject({ code: 4409, reason: expect.stringMatching(/^FRAME_INVALID/) })
  })

  it('closes with 4408 when no hello comes in time', async () => {
    const client = await clientOf(at).opened()
    at.timers.advance(3001)
    expect((await client.closed).code).toBe(4408)
  })

  it('closes with 4429 beyond the connections it takes', async () => {
    await using small = await openTransport({ connectionsMax: 1 })
    await clientOf(small).greeted()
    const second = await clientOf(small).opened()
    expect((await second.closed).code).toBe(4429)
  })
})

describe('malformed frames', () => {
  const whole = encodeFrame({ t: 'append', id: 1, ledger: 'a', n: 1 }, Buffer.from(draft(1)))
  const cases: { name: string; bytes: Uint8Array | string }[] = [
    { name: 'text', bytes: '{"t":"ping"}\n' },
    { name: 'nothing', bytes: new Uint8Array(0) },
    { name: 'no LF', bytes: Buffer.from('{"t":"ping"}') },
    { name: 'invalid UTF-8', bytes: Buffer.from([0x7b, 0xff, 0x7d, 0x0a]) },
    { name: 'a repeated key', bytes: Buffer.from('{"t":"ping","t":"ping"}\n') },
    { name: 'an unknown type', bytes: Buffer.from('{"t":"nope"}\n') },
    { name: 'depth', bytes: Buffer.from(`{"t":"ping","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}\n`) },
    { name: 'a ledger id that is a number', bytes: Buffer.from('{"t":"stat","id":1,"ledger":7}\n') },
    { name: 'a second hello', bytes: Buffer.from('{"t":"hello","client":"x"}\n') },
  ]
  it.each(cases)('$name closes this connection with 4400 and no other', async ({ bytes }) => {
    const other = await clientOf(at).greeted()
    const client = await clientOf(at).greeted()
    client.ws.send(bytes)
    expect(await client.closed).toMatchObject({ code: 4400, reason: expect.stringMatching(/^FRAME_INVALID: /) })
    expect((await client.next('error')).header).toMatchObject({ error: { code: 'FRAME_INVALID' } })
    other.send({ t: 'ping' })
    await other.next('pong')
    expect(at.engine.appends).toEqual([])
  })

  it('every truncation of an append is refused', async () => {
    for (let length = 0; length < whole.length; length += 1) {
      const client = await clientOf(at).greeted()
      client.ws.send(whole.subarray(0, length))
      expect((await client.closed).code).toBe(4400)
    }
    expect(at.engine.appends).toEqual([])
  })

  it('a message over the limit closes with 1009', async () => {
    await using small = await openTransport({ batchBytesMax: 1000, frameHeaderBytesMax: 1000 })
    const client = await clientOf(small).greeted()
    client.ws.send(Buffer.alloc(3000))
    expect((await client.closed).code).toBe(1009)
  })
})

describe('names that are no ledger ids', () => {
  const cases: { name: string; frame: ClientFrame; body?: string }[] = [
    { name: 'append', frame: { t: 'append', id: 6, ledger: '../x', n: 1 }, body: draft(1) },
    { name: 'get', frame: { t: 'get', id: 6, ledger: '/etc/passwd', seq: 0 } },
    { name: 'stat', frame: { t: 'stat', id: 6, ledger: 'a/*' } },
    { name: 'follow', frame: { t: 'follow', id: 6, ledgers: ['a', '..'], from: 0, live: true, credit: 1 } },
    {
      name: 'cursors',
      frame: { t: 'follow', id: 6, ledgers: ['a'], from: 0, live: true, credit: 1, cursors: { '': 1 } },
    },
  ]
  it.each(cases)('$name: that request is refused and the connection goes on', async ({ frame, body }) => {
    const client = await clientOf(at).greeted()
    client.send(frame, body)
    expect((await client.next('error')).header).toMatchObject({ id: 6, error: { code: 'LEDGER_ID_INVALID' } })
    client.send({ t: 'append', id: 7, ledger: 'a', n: 1 }, draft(1))
    expect((await client.next('receipts')).header.acks).toEqual([[7, 0, 1]])
    expect(at.engine.appends).toHaveLength(1)
  })
})

describe('appends', () => {
  it('answers all requests of one turn in one receipts frame', async () => {
    const client = await clientOf(at).greeted()
    let release: (() => void)[] = []
    const waiting = new Promise<void>((allThere) => {
      at.engine.respond = (request) =>
        new Promise((resolve) => {
          const seq = release.length
          release.push(() =>
            resolve({ kind: 'plain', epoch: 3, seq, eventIds: ['e'], leafHashes: [String(seq).repeat(64)] }),
          )
          if (release.length === 3) allThere()
          expect(request.count).toBe(1)
        })
    })
    for (const id of [7, 8, 9]) client.send({ t: 'append', id, ledger: 'a', n: 1 }, draft(id))
    await waiting
    release.forEach((run) => run())
    release = []
    const { header, body } = await client.next('receipts')
    expect(header).toEqual({
      t: 'receipts',
      ledger: 'a',
      epoch: 3,
      durable: 'fsync',
      acks: [
        [7, 0, 1],
        [8, 1, 1],
        [9, 2, 1],
      ],
    })
    expect(Buffer.from(body).toString()).toBe(['0', '1', '2'].map((digit) => `${digit.repeat(64)}\n`).join(''))
  })

  it('spells out mixed results, one line per draft', async () => {
    const client = await clientOf(at).greeted()
    const error = new LedgerError('SCHEMA_INVALID', 'no such type', { details: { issues: [] } })
    at.engine.respond = async () => ({
      kind: 'mixed',
      epoch: 1,
      outcomes: [{ seq: 4, eventId: 'e1', leafHash: 'f'.repeat(64), isDuplicate: true }, { error }],
    })
    client.send({ t: 'append', id: 1, ledger: 'a', n: 2 }, draft(1) + draft(2))
    const { header, body } = await client.next('outcomes')
    expect(header).toMatchObject({ id: 1, n: 2, durable: 'fsync' })
    const lines = Buffer.from(body)
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(lines).toEqual([
      { seq: 4, eventId: 'e1', leafHash: `sha256:${'f'.repeat(64)}`, duplicate: true },
      { error: expect.objectContaining({ code: 'SCHEMA_INVALID', outcome: 'absent' }) },
    ])
  })

  it.each([
    {
      name: 'a refusal',
      respond: async () => Promise.reject(new LedgerError('QUEUE_FULL', 'full')),
      frame: {},
      code: 'QUEUE_FULL',
    },
    { name: 'a defect', respond: async () => Promise.reject(new TypeError('boom')), frame: {}, code: 'INTERNAL' },
    { name: 'an unknown schema', respond: undefined, frame: { schema: 'nope' }, code: 'SCHEMA_UNKNOWN' },
    { name: 'a wrong size', respond: undefined, frame: { expect: { size: 5 } }, code: 'EXPECT_FAILED' },
  ])('answers $name with its code and goes on', async ({ respond, frame, code }) => {
    const client = await clientOf(at).greeted()
    at.engine.respond = respond
    client.send({ t: 'append', id: 5, ledger: 'a', n: 1, ...frame }, draft(1))
    expect((await client.next('error')).header).toMatchObject({ id: 5, error: { code } })
    client.send({ t: 'ping' })
    await client.next('pong')
  })

  it('cuts off whom the system refused something that nothing answers for, and nobody else', async () => {
    const other = await clientOf(at).greeted()
    const client = await clientOf(at).greeted()
    const { has } = at.engine
    at.engine.has = () => {
      throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE', errno: -24 })
    }
    client.send({ t: 'follow', id: 3, ledgers: ['a'], from: 0, live: true, credit: 1000 })
    expect(await client.closed).toMatchObject({ code: 1006 })
    at.engine.has = has
    other.send({ t: 'ping' })
    await other.next('pong')
  })

  it('keeps outcomes of a large batch within a frame', async () => {
    const client = await clientOf(at).greeted()
    const outcomes = Array.from({ length: 8192 }, () => ({
      error: new LedgerError('SCHEMA_INVALID', 'x'.repeat(500), { details: { issues: ['y'.repeat(500)] } }),
    }))
    at.engine.respond = async () => ({ kind: 'mixed', epoch: 1, outcomes })
    client.send({ t: 'append', id: 1, ledger: 'a', n: 1 }, draft(1))
    expect((await client.next('outcomes')).header.n).toBe(8192)
  })
})

describe('questions', () => {
  beforeEach(() => at.engine.commit('a', [draft(0).trim(), draft(1).trim()]))

  it.each([
    { name: 'by number', question: { seq: 1 } },
    { name: 'by identity', question: { eventId: 'e1' } },
  ])('gets a line $name', async ({ question }) => {
    const client = await clientOf(at).greeted()
    client.send({ t: 'get', id: 2, ledger: 'a', ...question })
    const { header, body } = await client.next('line')
    expect(header).toMatchObject({ id: 2, ledger: 'a', seq: 1 })
    expect(Buffer.from(body).toString()).toBe(draft(1))
  })

  it.each([
    {
      name: 'a number beyond the end',
      frame: { t: 'get', id: 1, ledger: 'a', seq: 2 } as const,
      code: 'EVENT_NOT_FOUND',
    },
    {
      name: 'an unknown identity',
      frame: { t: 'get', id: 1, ledger: 'a', eventId: 'no' } as const,
      code: 'EVENT_NOT_FOUND',
    },
    { name: 'an unknown ledger', frame: { t: 'stat', id: 1, ledger: 'b' } as const, code: 'LEDGER_NOT_FOUND' },
  ])('answers $name with $code', async ({ frame, code }) => {
    const client = await clientOf(at).greeted()
    client.send(frame)
    expect((await client.next('error')).header).toMatchObject({ id: 1, error: { code } })
  })

  it('says how a ledger stands', async () => {
    const client = await clientOf(at).greeted()
    client.send({ t: 'stat', id: 3, ledger: 'a' })
    expect((await client.next('stat')).header).toMatchObject({ id: 3, size: 2, state: 'open', schema: 'test' })
  })
})

describe('streams', () => {
  it('backfill, go live, and stop when asked', async () => {
    at.engine.commit('a', [draft(0).trim()])
    const client = await clientOf(at).greeted()
    client.send({ t: 'follow', id: 4, ledgers: ['a'], from: 'start', live: true, credit: 1000 })
    expect(Buffer.from((await client.next('lines')).body).toString()).toBe(draft(0))
    expect((await client.next('status')).header).toMatchObject({ status: 'live', seq: 1, head: 1 })
    at.engine.commit('a', [draft(1).trim()])
    expect((await client.next('lines')).header).toEqual({ t: 'lines', id: 4, ledger: 'a', from: 1, n: 1, next: 2 })
    client.send({ t: 'stop', id: 4 })
    expect((await client.next('end')).header).toEqual({ t: 'end', id: 4, reason: 'stopped' })
    expect(at.engine.ledgers.get('a')?.listeners.size).toBe(0)
  })

  it('carries bodies of every length whole', async () => {
    const lines = [10, 120, 130, 4000, 5000, 65_000, 70_000].map((length) =>
      JSON.stringify({ pad: 'x'.repeat(length) }),
    )
    for (const line of lines) at.engine.commit('a', [line])
    const client = await clientOf(at).greeted()
    client.send({ t: 'follow', id: 4, ledgers: ['a'], from: 'start', live: true, credit: 1 << 20 })
    const nextBody = async (): Promise<string> => Buffer.from((await client.next('lines')).body).toString()
    const text = lines.map((line) => `${line}\n`)
    let stored = ''
    while (stored.length < text.join('').length) stored += await nextBody()
    expect(stored).toBe(text.join(''))
    for (const line of lines) at.engine.commit('a', [line])
    const live: string[] = []
    for (let seen = 0; seen < lines.length; seen += 1) live.push(await nextBody())
    expect(live).toEqual(text)
  })

  it('refuses more than a connection may have, and a number in use', async () => {
    await using small = await openTransport({ streamsPerConnectionMax: 1 })
    small.engine.commit('a', ['{}'])
    const client = await clientOf(small).greeted()
    const follow = { t: 'follow', ledgers: ['a'], from: 'start', live: true, credit: 1000 } as const
    client.send({ ...follow, id: 1 })
    client.send({ ...follow, id: 2 })
    expect((await client.next('error')).header).toMatchObject({ id: 2, error: { code: 'REQUEST_INVALID' } })
    client.send({ ...follow, id: 1 })
    expect((await client.closed).code).toBe(4400)
  })
})

describe('heartbeats', () => {
  it('pings a quiet peer and gives up a silent one', async () => {
    const client = await clientOf(at).greeted()
    at.timers.advance(10_000)
    await client.next('ping')
    client.send({ t: 'ping' })
    await client.next('pong')
    at.timers.advance(10_000)
    await client.next('ping')
    at.timers.advance(10_000)
    expect((await client.closed).code).toBe(1006)
  })
})

describe('draining', () => {
  it('answers what is in flight, ends streams, refuses new appends, and closes with 1001', async () => {
    at.engine.commit('a', ['{}'])
    const client = await clientOf(at).greeted()
    client.send({ t: 'follow', id: 1, ledgers: ['a'], from: 'end', live: true, credit: 1000 })
    await client.next('status')
    let release: (() => void) | undefined
    const submitted = new Promise<void>((isThere) => {
      at.engine.respond = () =>
        new Promise((resolve) => {
          release = () => resolve({ kind: 'plain', epoch: 1, seq: 1, eventIds: ['e'], leafHashes: ['0'.repeat(64)] })
          isThere()
        })
    })
    client.send({ t: 'append', id: 2, ledger: 'a', n: 1 }, draft(1))
    await submitted
    const drained = at.doors.drain()
    expect((await client.next('end')).header).toMatchObject({ id: 1, reason: 'draining' })
    client.send({ t: 'append', id: 3, ledger: 'a', n: 1 }, draft(2))
    expect((await client.next('error')).header).toMatchObject({ id: 3, error: { code: 'DRAINING' } })
    release?.()
    expect((await client.next('receipts')).header.acks).toEqual([[2, 1, 1]])
    expect(await client.closed).toMatchObject({ code: 1001, reason: expect.stringMatching(/^DRAINING/) })
    await drained
  })
})
