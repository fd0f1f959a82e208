// Hostile WebSocket traffic, byte by byte: compression that was never agreed on, messages that never end, floods of tiny
// parts, pings and streams. Each ends with a close code while the healthy client beside it goes on, and none costs memory:
// what the process holds at most is printed and bounded.
import fs from 'node:fs'
import zlib from 'node:zlib'
import { encodeFrame } from '@ledgerd/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hookTimeoutMs } from '../test/daemon-process.ts'
import { AttackedDaemon } from '../test/attacked-daemon.ts'
import { sendRaw } from '../test/plain-clients.ts'
import { frameBytes, RawWebSocket } from '../test/raw-web-socket.ts'

const canMeasure = process.platform === 'linux'
/** Above what the daemon holds before: far more than one message of any kind may cost, far less than a bomb unfolds to. */
const growthBytesMax = 192 << 20

let at: AttackedDaemon
let peakBefore = 0
beforeAll(async () => {
  at = await AttackedDaemon.start()
  peakBefore = peakBytes()
}, hookTimeoutMs)
afterAll(async () => {
  if (canMeasure) {
    const growth = peakBytes() - peakBefore
    process.stderr.write(`attack-frames: peak memory grew by ${(growth / 2 ** 20).toFixed(1)} MiB\n`)
    expect(growth).toBeLessThan(growthBytesMax)
  }
  await at.stop()
}, hookTimeoutMs)

const floodBytes = 12 << 20

const hello = encodeFrame({ t: 'hello', client: 'attack' })
const binary = (payload: Uint8Array): { opcode: number; payload: Uint8Array } => ({ opcode: 2, payload })

async function open(extra = ''): Promise<RawWebSocket> {
  const ws = await RawWebSocket.open(at.tcp, `${at.ownHeaders(at.tcp)}${extra}`)
  ws.send(binary(hello))
  return ws
}

describe('compression', () => {
  const bomb = zlib.deflateRawSync(Buffer.alloc(32 << 20))
  it.each([
    { name: 'offered and used', offer: 'Sec-WebSocket-Extensions: permessage-deflate\r\n' },
    { name: 'not even offered', offer: '' },
    {
      name: 'with every parameter there is',
      offer: 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_no_context_takeover\r\n',
    },
  ])('$name is never unfolded', async ({ offer }) => {
    await at.withstand(async () => {
      const ws = await open(offer)
      ws.send({ ...binary(bomb), isCompressed: true })
      expect(await ws.closed).toBe(1002)
    })
  })

  it('of an HTTP body is not undone either', async () => {
    const body = zlib.gzipSync(Buffer.alloc(16 << 20))
    await at.withstand(async () => {
      const head = `${at.ownHeaders(at.tcp)}Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`
      const request = Buffer.concat([Buffer.from(`POST /v1/ledgers/worlds/target/append HTTP/1.1\r\n${head}`), body])
      const { status } = await sendRaw(at.tcp, request)
      expect(status).toBe(415)
    })
  })
})

describe('messages', () => {
  it.each([
    { name: 'announced with 2^53 bytes', frame: Buffer.from('82ff002000000000000000000000', 'hex'), want: 1009 },
    { name: 'announced with 2^32 bytes', frame: Buffer.from('82ff000000010000000000000000', 'hex'), want: 1009 },
    { name: 'over the limit by one byte', frame: frameBytes(binary(new Uint8Array((1 << 20) + 65_537))), want: 1009 },
    { name: 'a ping of 126 bytes', frame: frameBytes({ opcode: 9, payload: new Uint8Array(126) }), want: 1002 },
    {
      name: 'a ping in parts',
      frame: frameBytes({ opcode: 9, payload: new Uint8Array(1), isFinal: false }),
      want: 1002,
    },
    { name: 'a part of nothing', frame: frameBytes({ opcode: 0, payload: new Uint8Array(1) }), want: 1002 },
    {
      name: 'one begun inside another',
      frame: Buffer.concat([frameBytes({ ...binary(hello), isFinal: false }), frameBytes(binary(hello))]),
      want: 1002,
    },
    { name: 'a close with half a code', frame: frameBytes({ opcode: 8, payload: new Uint8Array(1) }), want: 1002 },
    {
      name: 'a close that no one may send',
      frame: frameBytes({ opcode: 8, payload: Buffer.from([3, 0xec]) }),
      want: 1002,
    },
  ])('$name', async ({ frame, want }) => {
    await at.withstand(async () => {
      const ws = await open()
      ws.socket.write(frame)
      expect(await ws.closed).toBe(want)
    })
  })

  it('in 1,000 parts is closed long before its end', async () => {
    await at.withstand(async () => {
      const ws = await open()
      const part = frameBytes({ opcode: 0, payload: new Uint8Array(1), isFinal: false })
      ws.send({ ...binary(new Uint8Array(1)), isFinal: false })
      ws.socket.write(Buffer.concat(Array.from({ length: 1000 }, () => part)))
      expect(await ws.closed).toBe(1008)
    })
  })

  it('in parts of nothing, without end, too', async () => {
    await at.withstand(async () => {
      const ws = await open()
      const part = frameBytes({ opcode: 0, payload: new Uint8Array(0), isFinal: false })
      ws.send({ ...binary(new Uint8Array(0)), isFinal: false })
      ws.socket.write(Buffer.concat(Array.from({ length: 20_000 }, () => part)))
      expect(await ws.closed).toBe(1008)
    })
  })
})

describe('floods', () => {
  it.each([
    { name: 'WebSocket pings', frame: frameBytes({ opcode: 9, payload: Buffer.alloc(125) }) },
    { name: 'questions', frame: frameBytes(binary(encodeFrame({ t: 'stat', id: 1, ledger: 'worlds/target' }))) },
    { name: 'ping frames', frame: frameBytes(binary(encodeFrame({ t: 'ping' }))) },
  ])('of $name by a peer that reads no answer fill a bounded outbox, or are cut off', async ({ frame }) => {
    const ws = await open()
    ws.socket.pause()
    const copies = Math.floor((1 << 20) / frame.length)
    const chunk = Buffer.concat(Array.from({ length: copies }, () => frame))
    for (let sentBytes = 0; sentBytes < floodBytes; sentBytes += chunk.length) ws.socket.write(chunk)
    // Until the daemon has read everything, or nothing more over many turns of the healthy client.
    for (let still = 0, before = -1; still < 10 && ws.socket.writableLength > 0; ) {
      await at.withstand(async () => undefined)
      still = ws.socket.writableLength === before ? still + 1 : 0
      before = ws.socket.writableLength
    }
    const metrics = await fetch(`http://127.0.0.1:${'port' in at.tcp ? at.tcp.port : 0}/metrics`, {
      headers: { authorization: `Bearer ${at.token}` },
    })
    const outboxBytes = Number(/^ledgerd_outbox_bytes (\d+)$/m.exec(await metrics.text())?.[1])
    expect(outboxBytes).toBeLessThan(4 << 20)
    ws.socket.destroy()
    await ws.closed
  })

  it('of streams are refused beyond 256, and the connection goes on', async () => {
    await at.withstand(async () => {
      const client = await at.connect(at.tcp)
      for (let id = 1; id <= 257; id++)
        client.send({ t: 'follow', id, ledgers: ['worlds/target'], from: 'end', live: true, credit: 1 })
      expect((await client.next('error')).header).toMatchObject({ id: 257, error: { code: 'REQUEST_INVALID' } })
      client.send({ t: 'ping' })
      await client.next('pong')
      client.ws.terminate()
    })
  })

  it('of patterns in one follow are waited for without a word', async () => {
    await at.withstand(async () => {
      const client = await at.connect(at.tcp)
      const ledgers = Array.from({ length: 3000 }, (_, n) => `x/${'*'.repeat(8)}${n}/**`)
      client.send({ t: 'follow', id: 1, ledgers, from: 'end', live: true, credit: 1 })
      client.send({ t: 'ping' })
      await client.next('pong')
      client.ws.terminate()
    })
  })
})

/** The most memory that the daemon ever held, in bytes. */
function peakBytes(): number {
  if (!canMeasure) return 0
  const status = fs.readFileSync(`/proc/${at.daemon.child.pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
