import { promisify } from 'node:util'
import { decodeFrame, encodeFrame } from '@ledgerd/protocol'
import type { ClientFrame } from '@ledgerd/protocol'
import { describe, expect, it, vi } from 'vitest'
import { sayAllAtOnce } from '../../test/raw-web-socket.ts'
import type { FrameBits, WholeAnswer } from '../../test/raw-web-socket.ts'
import { openTransport } from '../../test/transport-harness.ts'
import type { TransportHarness } from '../../test/transport-harness.ts'

const frame = (header: ClientFrame): FrameBits => ({ opcode: 2, payload: encodeFrame(header) })
const visitors = 100
const realTurn = promisify(setImmediate)

/** Doors at which whoever comes waits in line until the test lets the turns go on. */
async function openHeld(): Promise<{ readonly at: TransportHarness; readonly letGo: () => void }> {
  let held: (() => void)[] | undefined = []
  const { setImmediate: next } = globalThis
  vi.stubGlobal('setImmediate', (task: () => void) => (held === undefined ? next(task) : held.push(task)))
  try {
    // No time for what is heavy: one upgrade a turn.
    const at = await openTransport({ heavyTurnMs: 0 })
    const letGo = (): void => {
      for (const task of held ?? []) next(task)
      held = undefined
    }
    return { at, letGo }
  } finally {
    vi.unstubAllGlobals()
  }
}

const hello = frame({ t: 'hello', client: 'test' })
const said = [
  { name: 'a question', frames: [hello, frame({ t: 'ping' })], want: '101 welcome pong' },
  { name: 'a text', frames: [hello, { opcode: 1, payload: Buffer.from('{}\n') }], want: '101 welcome error' },
  {
    name: 'a text that is no UTF-8',
    frames: [hello, { opcode: 1, payload: Buffer.of(0xff) }],
    want: '101 welcome error',
  },
]

describe('a peer that says everything at once and that no more comes', () => {
  it.each(said)(
    'gets its answers, though the end was read while it waited in line for its upgrade: $name',
    async (row) => {
      const { at, letGo } = await openHeld()
      await using _ = at
      const answers: Promise<WholeAnswer>[] = []
      let sentCount = 0
      for (let n = 0; n < visitors; n++)
        answers.push(sayAllAtOnce({ path: at.socketPath }, '', row.frames, () => void sentCount++))
      while (sentCount < visitors) await realTurn()
      // All of it lies at the daemon's end now, whose loop takes up one connection a turn, then its bytes, then its end.
      for (let turn = 0; turn < 4 * visitors; turn++) await realTurn()
      letGo()
      const heard = (await Promise.all(answers)).map(({ status, messages }) => {
        const words = messages.map((message) => decodeFrame(message, { direction: 'from-daemon' }).header.t)
        return `${status} ${words.join(' ')}`
      })
      expect(heard).toEqual(Array.from({ length: visitors }, () => row.want))
    },
  )
})
