// Appends under a clock and a socket that the test moves: batching, order, retries, deadlines and true outcomes.
import { LedgerError } from '@ledgerd/schema'
import type { ErrorCode } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { ManualPlatform } from '../conformance/manual-platform.ts'
import { notes } from '../conformance/note-schema.ts'
import type { Ledger } from './ledger.ts'
import { Connector } from './open-ledger.ts'
import type { ConnectOptions } from './open-ledger.ts'
import type { Receipt } from './receipt.ts'

type Notes = Ledger<typeof notes.events>

describe('batching', () => {
  it('sends what one turn appended in one frame, in order', async () => {
    const { platform, ledger } = await opened()
    const receipts = Promise.all(['x', 'y', 'z'].map((text) => ledger.append('note.text', { text })))
    expect(platform.socket.appends).toEqual([])
    await platform.endTurn()
    expect(platform.socket.appends).toEqual([[1, 3]])
    expect(textsOf(platform.socket.bodies.at(-1))).toEqual(['x', 'y', 'z'])
    platform.socket.receipt(1, 40, 3)
    expect((await receipts).map(({ seq }) => seq)).toEqual([40, 41, 42])
    expect(ledger.stats()).toMatchObject({ queued: 0, queuedBytes: 0, appended: 3, lastSeq: 42 })
  })

  it('sends a long frame within the turn, and the rest at its end', async () => {
    const { platform, ledger } = await opened()
    const texts = Array.from({ length: 80 }, (_, number) => `${number} ${'x'.repeat(1000)}`)
    for (const text of texts) void ledger.append('note.text', { text })
    const within = platform.socket.appends.length
    expect(within).toBe(2)
    await platform.endTurn()
    expect(platform.socket.appends.length).toBe(3)
    expect(platform.socket.bodies.filter((body) => body !== '').flatMap(textsOf)).toEqual(texts)
  })

  it('sends a group at once, for nothing may join it', async () => {
    const { platform, ledger } = await opened()
    void ledger.appendAll([1, 2].map((count) => ({ type: 'note.count', data: { count } }) as const))
    expect(platform.socket.appends).toEqual([[1, 2]])
    platform.socket.receipt(1, 0, 2)
    await platform.endTurn()
  })

  it('keeps at most batchesInFlight frames under way and then sends what gathered', async () => {
    const { platform, ledger } = await opened({ batchesInFlight: 2 })
    const receipts: Promise<Receipt>[] = []
    for (const text of ['a', 'b', 'c', 'd']) {
      receipts.push(ledger.append('note.text', { text }))
      await platform.endTurn()
    }
    expect(platform.socket.appends).toEqual([
      [1, 1],
      [2, 1],
    ])
    platform.socket.receipt(1, 0, 1)
    await platform.endTurn()
    expect(platform.socket.appends.at(-1)).toEqual([3, 2])
    platform.socket.receipt(2, 1, 1)
    platform.socket.receipt(3, 2, 2)
    expect((await Promise.all(receipts)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
  })

  it('cuts frames at batchBytesMax, text beyond ASCII included', async () => {
    const { platform, ledger } = await opened({ batchBytesMax: 1000 })
    const texts = Array.from({ length: 8 }, (_, number) => `${number}${'ü'.repeat(150)}`)
    for (const text of texts) void ledger.append('note.text', { text })
    await platform.endTurn()
    const bodies = platform.socket.bodies.filter((body) => body !== '')
    for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1000)
    expect(bodies.length).toBeGreaterThan(2)
    expect(bodies.flatMap(textsOf)).toEqual(texts)
  })

  it('sends conditions and groups in frames of their own, between what came before and after', async () => {
    const { platform, ledger } = await opened()
    void ledger.append('note.text', { text: '1' })
    void ledger.append('note.text', { text: '2' }, { expect: { size: 1 } })
    void ledger.appendAll([3, 4].map((count) => ({ type: 'note.count', data: { count } }) as const))
    void ledger.append('note.text', { text: '5' })
    await platform.endTurn()
    expect(platform.socket.sent.filter(({ t }) => t === 'append')).toMatchObject([
      { n: 1 },
      { n: 1, expect: { size: 1 } },
      { n: 2, atomic: true },
      { n: 1 },
    ])
  })
})

describe('back-pressure', () => {
  it('lets calls beyond queueBytesMax wait and refuses those beyond waitingAppendsMax', async () => {
    const { platform, ledger } = await opened({ queueBytesMax: 300, waitingAppendsMax: 2 })
    const receipts = ['a', 'b', 'c', 'd'].map((text) => ledger.append('note.text', { text }))
    await expect(ledger.append('note.text', { text: 'e' })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      outcome: 'absent',
    })
    await platform.endTurn()
    expect(platform.socket.appends).toEqual([[1, 2]])
    platform.socket.receipt(1, 0, 2)
    await platform.endTurn()
    expect(platform.socket.appends.at(-1)).toEqual([2, 2])
    platform.socket.receipt(2, 2, 2)
    expect((await Promise.all(receipts)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
    expect(ledger.stats().queuedBytes).toBe(0)
  })

  it('gives up a call that waits for room without ever sending it', async () => {
    const { platform, ledger } = await opened({ queueBytesMax: 100 })
    const first = ledger.append('note.text', { text: 'a' })
    const waiting = ledger.append('note.text', { text: 'b' }, { deadlineMs: 50 })
    const refused = expect(waiting).rejects.toMatchObject({ code: 'DEADLINE', outcome: 'absent' })
    await platform.endTurn()
    await platform.advance(60)
    await refused
    platform.socket.receipt(1, 0, 1)
    await platform.endTurn()
    expect(platform.socket.appends).toEqual([[1, 1]])
    expect((await first).seq).toBe(0)
  })
})

describe('a cut', () => {
  it('is followed by the same drafts with the same identities, in order, before new ones', async () => {
    const { platform, ledger } = await opened()
    const receipts = [append(ledger, 'a')]
    await platform.endTurn()
    receipts.push(append(ledger, 'b'))
    await platform.endTurn()
    const before = platform.socket.bodies.filter((body) => body !== '')
    platform.socket.end()
    receipts.push(append(ledger, 'c'))
    await platform.endTurn()
    await platform.advance(100)
    platform.socket.welcome()
    expect(platform.sockets).toHaveLength(2)
    const after = platform.socket.bodies.filter((body) => body !== '')
    expect(after.slice(0, 2)).toEqual(before)
    expect(after.flatMap(textsOf)).toEqual(['a', 'b', 'c'])
    for (const [nth, n] of platform.socket.appends) platform.socket.receipt(nth, nth, n)
    expect(await Promise.all(receipts)).toHaveLength(3)
    expect(ledger.stats().reconnects).toBe(1)
  })

  it('resolves with the first receipt when the daemon already had the draft', async () => {
    const { platform, ledger } = await opened()
    const receipt = append(ledger, 'a')
    await platform.endTurn()
    platform.socket.end()
    await platform.advance(100)
    platform.socket.welcome()
    const line = { seq: 7, eventId: 'e', leafHash: `sha256:${'0'.repeat(64)}`, duplicate: true }
    platform.socket.receive(
      { t: 'outcomes', id: platform.socket.idOf(1), ledger: 'a', epoch: 1, durable: 'later-word', n: 1 },
      `${JSON.stringify(line)}\n`,
    )
    expect(await receipt).toEqual({ ledger: 'a', ...line, durable: 'memory', epoch: 1 })
    expect(ledger.stats().duplicates).toBe(1)
  })
})

describe('deadlines', () => {
  const cases: { name: string; prepare(platform: ManualPlatform): void; code: ErrorCode; outcome: string }[] = [
    { name: 'never connected', prepare: () => undefined, code: 'DEADLINE', outcome: 'absent' },
    { name: 'no daemon', prepare: (platform) => platform.socket.end(), code: 'UNREACHABLE', outcome: 'absent' },
    {
      name: 'sent, no answer',
      prepare: (platform) => platform.socket.welcome(1 << 30),
      code: 'DEADLINE',
      outcome: 'unknown',
    },
    {
      name: 'sent, then cut',
      prepare(platform) {
        platform.socket.welcome()
        platform.socket.end()
      },
      code: 'UNREACHABLE',
      outcome: 'unknown',
    },
  ]
  it.each(cases)('$name: $code, $outcome', async ({ prepare, code, outcome }) => {
    const { platform, ledger } = unopened({ deadlineMs: 1000 })
    const receipt = append(ledger, 'a')
    const refused = expect(receipt).rejects.toMatchObject({ code, outcome, retryable: true })
    prepare(platform)
    await platform.endTurn()
    await platform.advance(1001)
    await refused
    expect(ledger.stats()).toMatchObject({ queued: 0, queuedBytes: 0 })
  })

  it('never send what was reported absent', async () => {
    const { platform, ledger } = unopened({ deadlineMs: 500 })
    const refused = expect(append(ledger, 'a')).rejects.toMatchObject({ outcome: 'absent' })
    await platform.advance(400)
    const receipt = append(ledger, 'b')
    await platform.advance(200)
    await refused
    platform.socket.welcome()
    await platform.endTurn()
    expect(platform.socket.bodies.flatMap(textsOf)).toEqual(['b'])
    platform.socket.receipt(1, 0, 1)
    expect((await receipt).seq).toBe(0)
  })
})

describe('refusals', () => {
  it('that pass are retried from the first refused draft on, not before retryAfterMs, one frame at a time', async () => {
    const { platform, ledger } = await opened()
    const receipts = [append(ledger, 'a')]
    await platform.endTurn()
    receipts.push(append(ledger, 'b'))
    await platform.endTurn()
    refuse(platform, 1, 'BUSY', 2000)
    refuse(platform, 2, 'BUSY')
    receipts.push(append(ledger, 'c'))
    await platform.advance(1999)
    expect(platform.socket.appends).toHaveLength(2)
    await platform.advance(1)
    expect(platform.socket.bodies.flatMap(textsOf)).toEqual(['a', 'b', 'a'])
    platform.socket.receipt(3, 0, 1)
    await platform.endTurn()
    expect(platform.socket.bodies.flatMap(textsOf)).toEqual(['a', 'b', 'a', 'b', 'c'])
    platform.socket.receipt(4, 1, 1)
    platform.socket.receipt(5, 2, 1)
    expect((await Promise.all(receipts)).map(({ seq }) => seq)).toEqual([0, 1, 2])
  })

  it('that last to the deadline are what the call rejects with', async () => {
    const { platform, ledger } = await opened({ deadlineMs: 3000 })
    const refused = expect(append(ledger, 'a')).rejects.toMatchObject({
      code: 'LEDGER_LOCKED',
      outcome: 'absent',
      details: { holder: 'pid 1' },
    })
    await platform.endTurn()
    refuse(platform, 1, 'LEDGER_LOCKED', 5000, { holder: 'pid 1' })
    await platform.advance(3000)
    await refused
  })

  it('that are final reject their draft alone', async () => {
    const { platform, ledger } = await opened()
    const [first, second] = [append(ledger, 'a'), append(ledger, 'b')]
    const refused = expect(first).rejects.toMatchObject({ code: 'SCHEMA_INVALID', outcome: 'absent', retryable: false })
    await platform.endTurn()
    const error = { code: 'SCHEMA_INVALID', message: 'no', retryable: false, outcome: 'absent' }
    const receipt = { seq: 3, eventId: 'e', leafHash: 'sha256:', duplicate: false }
    const body = `${JSON.stringify({ error })}\n${JSON.stringify(receipt)}\n`
    platform.socket.receive(
      { t: 'outcomes', id: platform.socket.idOf(1), ledger: 'a', epoch: 1, durable: 'fsync', n: 2 },
      body,
    )
    await refused
    expect((await second).seq).toBe(3)
    expect(ledger.stats()).toMatchObject({ refused: 1, appended: 1, queued: 0 })
  })

  it.each<{ code: ErrorCode; outcome: string }>([
    { code: 'LEDGER_STOPPED', outcome: 'unknown' },
    { code: 'FORBIDDEN', outcome: 'unknown' },
    { code: 'EXPECT_FAILED', outcome: 'absent' },
    { code: 'INVARIANT_VIOLATED', outcome: 'absent' },
    { code: 'IDENTITY_CONFLICT', outcome: 'present' },
  ])('of a draft whose first sending had no answer: $code, $outcome', async ({ code, outcome }) => {
    const { platform, ledger } = await opened()
    const refused = expect(append(ledger, 'a')).rejects.toMatchObject({ code, outcome })
    await platform.endTurn()
    platform.socket.end()
    await platform.advance(100)
    platform.socket.welcome()
    refuse(platform, 1, code)
    await refused
  })

  it('of the connection reject everything at once, and the next call tries anew', async () => {
    const { platform, ledger } = unopened()
    const refused = expect(append(ledger, 'a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED', outcome: 'absent' })
    platform.socket.end({ closeCode: 1006, reason: '', httpStatus: 401, httpBody: '' })
    await refused
    expect(platform.sockets).toHaveLength(1)
    const receipt = append(ledger, 'b')
    expect(platform.sockets).toHaveLength(2)
    platform.socket.welcome()
    await platform.endTurn()
    platform.socket.receipt(1, 0, 1)
    await receipt
  })
})

describe('abort and close', () => {
  it('abort one call: absent before it is sent, unknown after', async () => {
    const { platform, ledger } = await opened()
    const [early, late] = [new AbortController(), new AbortController()]
    const unsent = expect(append(ledger, 'a', early.signal)).rejects.toMatchObject({
      code: 'ABORTED',
      outcome: 'absent',
    })
    const sent = expect(append(ledger, 'b', late.signal)).rejects.toMatchObject({ code: 'ABORTED', outcome: 'unknown' })
    early.abort()
    await platform.endTurn()
    expect(platform.socket.bodies.flatMap(textsOf)).toEqual(['b'])
    late.abort()
    await Promise.all([unsent, sent])
    const never = append(ledger, 'c', AbortSignal.abort())
    await expect(never).rejects.toMatchObject({ code: 'ABORTED', outcome: 'absent' })
  })

  it('close waits for what is under way, then refuses, and leaves nothing behind', async () => {
    const { platform, ledger } = await opened()
    const receipt = append(ledger, 'a')
    const closed = ledger.close()
    await expect(append(ledger, 'b')).rejects.toMatchObject({ code: 'CLOSED', outcome: 'absent' })
    await platform.endTurn()
    platform.socket.receipt(1, 0, 1)
    await Promise.all([receipt, closed, ledger.close(), ledger[Symbol.asyncDispose]()])
    expect(platform.socket.closedWith).toBe(1000)
    expect(platform.timerCount).toBe(0)
  })

  it('flush says how many are pending when its time is over', async () => {
    const { platform, ledger } = await opened()
    expect(await ledger.flush()).toEqual({ pending: 0 })
    const receipt = append(ledger, 'a')
    const flushed = ledger.flush({ timeoutMs: 10 })
    await platform.endTurn()
    await platform.advance(10)
    expect(await flushed).toEqual({ pending: 1 })
    platform.socket.receipt(1, 0, 1)
    await receipt
  })
})

function unopened(more: Partial<ConnectOptions<typeof notes.events>> = {}): {
  platform: ManualPlatform
  ledger: Notes
} {
  const platform = new ManualPlatform()
  return { platform, ledger: new Connector(platform).connect({ ledger: 'a', schema: notes, ...more }) }
}

/** A handle whose connection is up. */
async function opened(
  more: Partial<ConnectOptions<typeof notes.events>> = {},
): Promise<{ platform: ManualPlatform; ledger: Notes }> {
  const { platform, ledger } = unopened(more)
  const stat = ledger.stat()
  platform.socket.welcome()
  const root = null
  platform.socket.receive({
    ...{ t: 'stat', id: 1, ledger: 'a', size: 0, bytes: 0, root, epoch: 1, state: 'open', schema: 's', profile: 'p' },
  })
  await stat
  platform.socket.sent.length = 0
  platform.socket.bodies.length = 0
  return { platform, ledger }
}

function append(ledger: Notes, text: string, signal?: AbortSignal): Promise<Receipt> {
  return ledger.append('note.text', { text }, signal === undefined ? {} : { signal })
}

function refuse(
  platform: ManualPlatform,
  nth: number,
  code: ErrorCode,
  retryAfterMs?: number,
  details: Record<string, unknown> = {},
): void {
  const { retryable, outcome = 'absent' } = new LedgerError(code, '')
  const floor = retryAfterMs === undefined ? {} : { retryAfterMs }
  platform.socket.receive({
    t: 'error',
    id: platform.socket.idOf(nth),
    error: { code, message: 'refused', retryable, outcome, details, ...floor },
  })
}

function textsOf(body = ''): string[] {
  const lines = body.split('\n').filter((line) => line !== '')
  return lines.map((line) => (JSON.parse(line) as { data: { text: string } }).data.text)
}
