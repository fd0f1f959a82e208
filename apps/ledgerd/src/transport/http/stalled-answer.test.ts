import { once } from 'node:events'
import net from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { openTransport, token, type TransportHarness } from '../../../test/transport-harness.ts'

let at: TransportHarness
afterEach(async () => {
  await at[Symbol.asyncDispose]()
})

/** Asks, and takes no byte of the answer. */
async function askAndStop(path: string): Promise<net.Socket> {
  const socket = net.connect(at.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.pause()
  const head = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${at.port}`, `Authorization: Bearer ${token}`]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  return socket
}

/** More than the buffers of both kernels hold. */
const megabytes = (count: number): string[] => Array.from({ length: count * 16 }, (_, n) => `${n}${'x'.repeat(65_000)}`)

const answers = [
  { name: 'a range', path: '/v1/ledgers/long/lines' },
  { name: 'a live read', path: '/v1/ledgers/long/lines?follow=true' },
  { name: 'one long line', path: '/v1/ledgers/one/lines/0' },
]
it.each(answers)('a peer that takes nothing of $name is cut off', async ({ path }) => {
  at = await openTransport({ answerStallMs: 300 })
  at.engine.commit('long', megabytes(12))
  at.engine.commit('one', ['y'.repeat(12 << 20)])
  const socket = await askAndStop(path)
  await vi.waitFor(() => expect(at.metrics.errors.get('DEADLINE')).toBe(1), { timeout: 15_000, interval: 20 })
  expect(at.metrics.gaugeValue('sockets_open')).toBeLessThanOrEqual(1)
  await vi.waitFor(() => expect(at.metrics.gaugeValue('sockets_open')).toBe(0), { timeout: 15_000, interval: 20 })
  socket.destroy()
})

it('a live reader who waits for lines, and one who takes them slowly, are not', async () => {
  at = await openTransport({ answerStallMs: 1000 })
  at.engine.commit('a', ['one'])
  at.engine.commit('long', megabytes(12))
  const waiting = await askAndStop('/v1/ledgers/a/lines?follow=true')
  const slow = await askAndStop('/v1/ledgers/long/lines')
  let received = 0
  slow.on('data', (chunk: Buffer) => {
    received += chunk.length
    slow.pause()
    setTimeout(() => slow.resume(), 8)
  })
  // Some two hundred pieces, one after the other: longer in all than a stall may be.
  slow.resume()
  await vi.waitFor(() => expect(received).toBeGreaterThan(12 * 16 * 65_000), { timeout: 60_000, interval: 20 })
  expect(at.metrics.errors.get('DEADLINE')).toBeUndefined()
  expect(at.metrics.gaugeValue('sockets_open')).toBe(2)
  for (const socket of [waiting, slow]) socket.destroy()
})
