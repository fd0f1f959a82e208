// What a client and a daemon promise together, as a suite that runs against any daemon: the in-memory fake here, the
// real one in its own conformance tests. Nothing in it knows which.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventMap, LedgerSchema, TypeName } from '@ledgerd/schema'
import { connect, connectAll } from '../src/index.ts'
import type { AppendOptions, ConnectOptions, EventDraft, Ledger, LedgerEvent, Line } from '../src/index.ts'

export interface DaemonUnderTest {
  readonly url: string
  readonly token?: string
  /** Breaks every connection without a word; committed lines stay. */
  cut(): void
  stop(): Promise<void>
}

export interface ContractSubject<Events extends EventMap> {
  readonly schema: LedgerSchema<Events>
  /** A draft the daemon takes in `ledger`; different for every number. Even ones have the first type, odd ones the second. */
  makeDraft(number: number, ledger: string): EventDraft<Events>
  /** The schema from before its last change, a draft under it, and the data that draft has today. */
  readonly older?: {
    readonly schema: LedgerSchema
    readonly draft: { readonly type: string; readonly data: unknown }
    readonly newestData: unknown
    /** For a daemon that takes drafts of the newest schema only: the draft is in `worlds/older` when it has started. */
    readonly isStored?: true
  }
  startDaemon(): Promise<DaemonUnderTest>
}

const tinyRetries = { retryDelayMinMs: 1, retryDelayMaxMs: 20, connectTimeoutMs: 2000 }

/** Declares the suite. */
export function clientContract<Events extends EventMap>(name: string, subject: ContractSubject<Events>): void {
  describe(`client contract: ${name}`, () => {
    let daemon: DaemonUnderTest
    let ledgerCount = 0
    const open: { close(): Promise<void> }[] = []

    beforeAll(async () => {
      daemon = await subject.startDaemon()
    })
    afterAll(async () => {
      for (const handle of open) await handle.close()
      await daemon.stop()
    })

    /** A handle on a ledger of its own, or on the one named. */
    function handle(ledger?: string, more: Partial<ConnectOptions<Events>> = {}): Ledger<Events> {
      ledgerCount += 1
      const id = ledger ?? `worlds/contract_${ledgerCount}`
      const made = connect({ ...address(), schema: subject.schema, ...tinyRetries, ...more, ledger: id })
      open.push(made)
      return made
    }

    function address(): { url: string; token?: string } {
      return { url: daemon.url, ...(daemon.token === undefined ? {} : { token: daemon.token }) }
    }

    function append(ledger: Ledger<Events>, number: number, key?: string): ReturnType<Ledger<Events>['append']> {
      const { type, data, ...rest } = subject.makeDraft(number, ledger.id)
      const options = rest as AppendOptions
      return ledger.append(type, data as never, key === undefined ? options : { ...options, key })
    }

    async function fill(ledger: Ledger<Events>, count: number): Promise<void> {
      await Promise.all(Array.from({ length: count }, (_, number) => append(ledger, number)))
    }

    it('numbers concurrent appends in call order, from 0', async () => {
      const ledger = handle()
      const receipts = await Promise.all(Array.from({ length: 300 }, (_, number) => append(ledger, number)))
      expect(receipts.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, seq) => seq))
      expect(new Set(receipts.map(({ leafHash }) => leafHash)).size).toBe(300)
      for (const receipt of receipts) {
        expect(receipt).toMatchObject({ ledger: ledger.id, duplicate: false, durable: 'fsync' })
        expect(receipt.leafHash).toMatch(/^sha256:[0-9a-f]{64}$/)
      }
    })

    it('answers the same key and content with the first receipt, and other content with IDENTITY_CONFLICT', async () => {
      const ledger = handle()
      const first = await append(ledger, 1, 'turn-1')
      const [again, afresh] = [await append(ledger, 1, 'turn-1'), await append(handle(ledger.id), 1, 'turn-1')]
      expect(again).toEqual({ ...first, duplicate: true })
      expect(afresh).toEqual(again)
      await expect(append(ledger, 3, 'turn-1')).rejects.toMatchObject({
        code: 'IDENTITY_CONFLICT',
        outcome: 'present',
        details: { seq: first.seq },
      })
    })

    it('appends all next to each other, and on condition of the size', async () => {
      const ledger = handle()
      const drafts = Array.from({ length: 20 }, (_, number) => subject.makeDraft(number, ledger.id))
      const receipts = await ledger.appendAll(drafts, { expect: { size: 0 } })
      expect(receipts.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, seq) => seq))
      const refused = ledger.appendAll([subject.makeDraft(20, ledger.id)], { expect: { size: 7 } })
      await expect(refused).rejects.toMatchObject({ code: 'EXPECT_FAILED', outcome: 'absent', details: { size: 20 } })
      expect(await ledger.appendAll([])).toEqual([])
    })

    it('reads to the head and ends: all, from a cursor, from the end, by type', async () => {
      const ledger = handle()
      await fill(ledger, 10)
      const secondType = subject.makeDraft(1, ledger.id).type as TypeName<Events>
      expect(await seqsOf(ledger.read())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect(await seqsOf(ledger.read({ from: 7 }))).toEqual([7, 8, 9])
      expect(await seqsOf(ledger.read({ from: 10 }))).toEqual([])
      expect(await seqsOf(ledger.read({ from: -2 }))).toEqual([8, 9])
      expect(await seqsOf(ledger.read({ from: 'end' }))).toEqual([])
      expect(await seqsOf(ledger.read({ types: [secondType] }))).toEqual([1, 3, 5, 7, 9])
    })

    it('gives back what was appended, as events and as exact lines', async () => {
      const ledger = handle()
      const receipt = await append(ledger, 1)
      const [event] = await all(ledger.read())
      const [line] = await all(ledger.lines())
      const draft = subject.makeDraft(1, ledger.id)
      expect(event).toMatchObject({ type: draft.type, data: draft.data, ledger: ledger.id, eventId: receipt.eventId })
      expect(line?.line).toEqual(event?.line)
      expect(await ledger.get(0)).toEqual(event)
      expect(await ledger.get({ eventId: receipt.eventId })).toEqual(event)
      expect(await ledger.get(1)).toBeUndefined()
      expect(await ledger.get({ eventId: 'f'.repeat(32) })).toBeUndefined()
      expect(await ledger.stat()).toMatchObject({ ledger: ledger.id, size: 1, bytes: (line?.line.length ?? 0) + 1 })
    })

    const { older } = subject
    it.skipIf(older === undefined)(
      'gives events of an older version in the newest, and their lines as they are (needs a schema with two versions)',
      async () => {
        if (older === undefined) return
        const { schema, draft, newestData, isStored = false } = older
        const writer = connect({ ...address(), schema, ...tinyRetries, ledger: 'worlds/older' })
        open.push(writer)
        if (!isStored) await writer.append(draft.type, draft.data as never)
        const reader = handle('worlds/older')
        const [event] = await all(reader.read())
        expect(event).toMatchObject({ type: draft.type, data: newestData, storedVersion: 1 })
        expect(await reader.get(0)).toEqual(event)
        for await (const live of reader.follow()) {
          expect(live).toEqual(event)
          break
        }
        expect(schema.decode(event?.line ?? new Uint8Array(0)).data).toEqual(draft.data)
      },
    )

    it('follows from a cursor through the head into what comes, and stops by break and by signal', async () => {
      const ledger = handle()
      await fill(ledger, 5)
      const stop = new AbortController()
      const follow = ledger.follow({ from: 3, signal: stop.signal })
      const seqs: number[] = []
      for await (const { seq } of follow) {
        seqs.push(seq)
        if (seq === 4) await append(ledger, 5)
        if (seq === 5) stop.abort()
      }
      expect(seqs).toEqual([3, 4, 5])
      for await (const event of ledger.follow()) if (event.seq === 2) break
      expect(ledger.stats().connection).toBe('open')
    })

    it('says where a stream stands', async () => {
      const ledger = handle()
      await append(ledger, 0)
      const stop = new AbortController()
      const statuses: string[] = []
      for await (const { status } of ledger.follow({ signal: stop.signal }).status()) {
        statuses.push(status)
        if (status === 'live') stop.abort()
      }
      expect(statuses[0]).toBe('connecting')
      expect(statuses.filter((status) => status === 'live')).toHaveLength(1)
      expect(statuses.at(-1)).toBe('closed')
    })

    it('reads several ledgers by pattern, each in order, and ledgers that come later', async () => {
      const [left, right] = [handle('groups/one/left'), handle('groups/one/right')]
      await Promise.all([fill(left, 20), fill(right, 30)])
      const group = connectAll({ ...address(), schema: subject.schema, ...tinyRetries, ledgers: ['groups/*/*'] })
      open.push(group)
      const seen = new Map<string, number>()
      let late: Promise<unknown> | undefined
      for await (const event of group.follow()) {
        expect(event.seq).toBe(seen.get(event.ledger) ?? 0)
        seen.set(event.ledger, event.seq + 1)
        const isCaughtUp = seen.get(left.id) === 20 && seen.get(right.id) === 30
        if (isCaughtUp) late ??= append(handle('groups/two/late'), 0)
        if (seen.get('groups/two/late') === 1) break
      }
      await late
      expect(await all(group.read({ cursors: { [left.id]: 19, [right.id]: 30, 'groups/two/late': 1 } }))).toHaveLength(
        1,
      )
    })

    it('refuses what cannot be read', async () => {
      const ledger = handle()
      await expect(all(ledger.read())).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND', retryable: false })
      await append(ledger, 0)
      await expect(all(ledger.read({ from: 2 }))).rejects.toMatchObject({ code: 'CURSOR_AHEAD' })
    })

    it('shows a follower cut 100 times every line once and in order', async () => {
      const ledger = handle()
      const lineCount = 1000
      await append(ledger, 0)
      const written = writeAll(ledger, lineCount - 1)
      const seqs: number[] = []
      let cutCount = 0
      for await (const { seq } of ledger.lines({ follow: true })) {
        seqs.push(seq)
        if (seq % 10 === 9) {
          daemon.cut()
          cutCount += 1
        }
        if (seq === lineCount - 1) break
      }
      await written
      expect(cutCount).toBe(100)
      expect(seqs).toEqual(Array.from({ length: lineCount }, (_, seq) => seq))
    })

    it('appends exactly once and in call order across cuts', async () => {
      const ledger = handle()
      const receipts: Promise<{ readonly seq: number; readonly eventId: string }>[] = []
      for (let round = 0; round < 30; round += 1) {
        for (let number = 0; number < 20; number += 1) receipts.push(append(ledger, round * 20 + number))
        await receipts.at(-20)
        daemon.cut()
      }
      const settled = await Promise.all(receipts)
      expect(settled.map(({ seq }) => seq)).toEqual(Array.from({ length: 600 }, (_, seq) => seq))
      const events = await all(ledger.read())
      expect(events.map(({ eventId }) => eventId)).toEqual(settled.map(({ eventId }) => eventId))
    })

    async function writeAll(ledger: Ledger<Events>, count: number): Promise<void> {
      for (let number = 1; number <= count; number += 27) {
        await Promise.all(Array.from({ length: 27 }, (_, offset) => append(ledger, number + offset)))
      }
    }
  })
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

async function seqsOf<Events extends EventMap>(items: AsyncIterable<LedgerEvent<Events> | Line>): Promise<number[]> {
  return (await all(items)).map(({ seq }) => seq)
}
