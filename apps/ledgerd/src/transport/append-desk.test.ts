// Appends of one connection in order: once one of a run is refused for now, none behind it gets ahead.
import type { AppendFrame, DaemonFrame } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { draft, type Harness, harness, ledger } from '../../test/engine-harness.ts'
import { defaultLimits } from '../config.ts'
import type { Engine } from '../engine/ports.ts'
import { MetricsBoard } from '../ops/metrics.ts'
import { AppendDesk } from './append-desk.ts'

let folder: Harness
let engine: Engine
beforeEach(() => {
  folder = harness()
})
afterEach(async () => {
  await engine.close()
  folder.remove()
})

/** Too long for the queue, so that it is refused, unlike the short ones around it. */
const longText = 'x'.repeat(4000)
const limits = { ...defaultLimits, ledgerQueueBytesMax: 3000 }

type Request = readonly [id: number, text: string, run?: number]

describe('requests that were sent one behind the other', () => {
  const cases: readonly { name: string; isOpen: boolean; requests: readonly Request[]; want: readonly string[] }[] = [
    {
      name: 'stand alone without a run',
      isOpen: true,
      requests: [
        [1, 'a'],
        [2, longText],
        [3, 'c'],
      ],
      want: ['1 appended', '2 QUEUE_FULL', '3 appended'],
    },
    {
      name: 'are refused behind a refusal of their run',
      isOpen: true,
      requests: [
        [1, 'a', 0],
        [2, longText, 0],
        [3, 'c', 0],
        [4, 'd', 1],
      ],
      want: ['1 appended', '2 QUEUE_FULL', '3 BUSY out-of-turn', '4 appended'],
    },
    {
      name: 'are refused behind it while the ledger is being opened, too',
      isOpen: false,
      requests: [
        [1, 'a', 0],
        [2, longText, 0],
        [3, 'c', 0],
        [4, 'd', 1],
      ],
      want: ['1 appended', '2 QUEUE_FULL', '3 BUSY out-of-turn', '4 appended'],
    },
    {
      name: 'go on behind a refusal that is final',
      isOpen: true,
      requests: [
        [1, 'a', 0],
        [1, 'another text', 0],
        [3, 'c', 0],
      ],
      want: ['1 appended', '1 IDENTITY_CONFLICT', '3 appended'],
    },
  ]
  it.each(cases)('$name', async ({ isOpen, requests, want }) => {
    engine = folder.open({ limits })
    const desk = openDesk(engine)
    if (isOpen) await desk.submit([[9, 'z']])
    expect(await desk.submit(requests)).toEqual(want)
  })

  it('are refused in a later turn, too, and forgotten when the client has gone on', async () => {
    engine = folder.open({ limits })
    const desk = openDesk(engine)
    await desk.submit([
      [1, 'a', 0],
      [2, longText, 0],
    ])
    expect(
      await desk.submit([
        [3, 'c', 0],
        [4, longText, 1],
      ]),
    ).toEqual(['3 BUSY out-of-turn', '4 QUEUE_FULL'])
    expect(
      await desk.submit([
        [5, 'e', 0],
        [6, 'f', 1],
        [7, 'g', 2],
      ]),
    ).toEqual(['5 BUSY out-of-turn', '6 BUSY out-of-turn', '7 appended'])
  })

  it('are refused behind a ledger that could not be opened', async () => {
    engine = folder.open({ limits })
    let isLocked = true
    const desk = openDesk({
      ...interfaceOf(engine),
      append: async (request) => {
        if (isLocked) throw new LedgerError('LEDGER_LOCKED', 'held')
        return await engine.append(request)
      },
    })
    expect(await desk.submit([[1, 'a', 0]])).toEqual(['1 LEDGER_LOCKED'])
    isLocked = false
    expect(
      await desk.submit([
        [2, 'b', 0],
        [3, 'c', 1],
      ]),
    ).toEqual(['2 BUSY out-of-turn', '3 appended'])
  })
})

function interfaceOf(one: Engine): Engine {
  return Object.create(one) as Engine
}

/** A desk, and what became of requests that came in one message event each, without a turn between them. */
function openDesk(of: Engine): { submit(requests: readonly Request[]): Promise<readonly string[]> } {
  let told: string[] = []
  let wake: () => void = () => undefined
  const send = (frame: DaemonFrame, body?: Uint8Array): void => {
    if (frame.t === 'receipts') told.push(...frame.acks.map(([id]) => `${id} appended`))
    if (frame.t === 'error') told.push(`${frame.id} ${wordsOf(frame.error)}`)
    if (frame.t === 'outcomes') {
      const [line] = Buffer.from(body ?? [])
        .toString()
        .split('\n')
        .map((text) => JSON.parse(text || '{}') as Outcome)
      told.push(`${frame.id} ${line?.error === undefined ? 'appended' : wordsOf(line.error)}`)
    }
    wake()
  }
  const desk = new AppendDesk({
    partBytesMax: limits.appendPartBytesMax,
    engine: of,
    metrics: new MetricsBoard(),
    schemaRefusal: () => undefined,
    send,
    onAnswered: () => undefined,
    onDefect: (error) => told.push(String(error)),
  })
  return {
    async submit(requests) {
      told = []
      for (const [id, text, run] of requests) {
        const frame: AppendFrame = { t: 'append', id, ledger, n: 1, ...(run === undefined ? {} : { run }) }
        desk.submit(frame, Buffer.from(draft(id, text)))
      }
      while (told.length < requests.length) await new Promise<void>((resolve) => (wake = resolve))
      return told.toSorted((left, right) => left.localeCompare(right))
    },
  }
}

interface Outcome {
  readonly error?: { readonly code: string; readonly details?: unknown }
}

function wordsOf({ code, details }: { readonly code: string; readonly details?: unknown }): string {
  const { reason } = (details ?? {}) as { readonly reason?: string }
  return reason === undefined ? code : `${code} ${reason}`
}
