import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { defaultLimits } from '../config.ts'
import { Wire } from './wire.ts'

it('says that a body is taken when all before it is, however small it is', async () => {
  const waiting: (() => void)[] = []
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => void waiting.push(done) })
  const wire = new Wire({ readyState: WebSocket.OPEN } as WebSocket, socket, defaultLimits)
  const taken: string[] = []
  wire.sendEncoded(Buffer.from('{}\n'), Buffer.alloc(32 << 10), () => taken.push('large'))
  wire.sendEncoded(Buffer.from('{}\n'), Buffer.alloc(100), () => taken.push('small'))
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  await turn()
  expect(taken).toEqual([])
  for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) {
    done()
    await turn()
  }
  expect(taken).toEqual(['large', 'small'])
})
