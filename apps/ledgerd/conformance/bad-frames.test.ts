// Messages that are no frames, greetings that do not come, and what else ends one WebSocket connection and no other: with
// the close code of PROTOCOL.md §2 and a reason that begins with the error code.
import { closeCodes } from '@ledgerd/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AttackedDaemon, mark } from '../test/attacked-daemon.ts'
import { FrameClient, sendRaw } from '../test/plain-clients.ts'

let at: AttackedDaemon
beforeAll(async () => {
  at = await AttackedDaemon.start()
})
afterAll(async () => {
  await at.stop()
})

const ping = '{"t":"ping"}\n'
const append = '{"t":"append","id":1,"ledger":"worlds/target","n":1}\n'
const draft = `{"data": {"v": "${mark}"}, "id": "${'ab'.repeat(16)}", "type": "a.b"}\n`
const bytes = (text: string): Buffer => Buffer.from(text)
const header = (members: string): Buffer => bytes(`{${members}}\n`)

interface BadFrame {
  readonly name: string
  /** A string is sent as a text message. */
  readonly message: string | Buffer
  readonly says: RegExp
}

const notUnderstood: BadFrame[] = [
  { name: 'a text message', message: ping, says: /text message/ },
  { name: 'nothing', message: bytes(''), says: /no LF/ },
  { name: 'no LF', message: bytes(ping.trim()), says: /no LF/ },
  { name: 'half a header', message: bytes(`${append.slice(0, 30)}\n`), says: /JSON/ },
  { name: 'no JSON', message: bytes(`${mark}\n`), says: /JSON/ },
  { name: 'a list', message: bytes('[]\n'), says: /no JSON object/ },
  { name: 'a blank header', message: bytes('\n'), says: /JSON/ },
  { name: 'a BOM', message: bytes(`\ufeff${ping}`), says: /JSON/ },
  { name: 'invalid UTF-8', message: Buffer.from('{"t":"ping","x":"\xff"}\n', 'latin1'), says: /UTF-8/ },
  { name: 'a raw NUL', message: bytes('{"t":"pi\0ng"}\n'), says: /JSON/ },
  { name: 'NaN', message: header('"t":"stop","id":NaN'), says: /JSON/ },
  { name: 'a repeated key', message: header('"t":"ping","t":"ping"'), says: /repeated/ },
  { name: 'a key in two spellings', message: header(String.raw`"t":"ping","\u0074":"ping"`), says: /repeated/ },
  { name: 'a repeated key, inside', message: header('"t":"ping","x":{"a":1,"a":2}'), says: /repeated/ },
  {
    name: '10,000 lists',
    message: header(`"t":"ping","x":${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    says: /8 levels/,
  },
  { name: 'no type', message: header('"id":1'), says: /"t"/ },
  { name: 'an unknown type', message: header('"t":"nope"'), says: /"t"/ },
  { name: 'a type of Object', message: header('"t":"constructor"'), says: /"t"/ },
  { name: 'a type of its own', message: header('"t":7'), says: /"t"/ },
  { name: 'a frame of the daemon', message: header('"t":"welcome"'), says: /"t"/ },
  { name: 'an id in quotes', message: header('"t":"stat","id":"1","ledger":"a"'), says: /"id" must be/ },
  { name: 'a negative id', message: header('"t":"stat","id":-1,"ledger":"a"'), says: /"id" must be/ },
  { name: 'half an id', message: header('"t":"stat","id":1.5,"ledger":"a"'), says: /"id" must be/ },
  { name: 'an id of 1e400', message: header('"t":"stat","id":1e400,"ledger":"a"'), says: /"id" must be/ },
  { name: 'an id of 2^53', message: header('"t":"stat","id":9007199254740992,"ledger":"a"'), says: /"id" must be/ },
  { name: 'no id', message: header('"t":"stat","ledger":"a"'), says: /"id" is missing/ },
  { name: 'an inherited id', message: header('"t":"stat","__proto__":{"id":1},"ledger":"a"'), says: /"id" is missing/ },
  { name: 'a ledger that is a number', message: header('"t":"stat","id":1,"ledger":7'), says: /"ledger" must be/ },
  { name: 'no drafts', message: bytes(append.replace('"n":1', '"n":0')), says: /"n" must be/ },
  { name: 'drafts that did not come', message: bytes(append), says: /must be 1 lines/ },
  { name: 'a draft without its LF', message: bytes(append + draft.trim()), says: /not ended by LF/ },
  { name: 'a body where none belongs', message: bytes(`${ping}${draft}`), says: /no body/ },
  {
    name: 'live in quotes',
    message: header('"t":"follow","id":1,"ledgers":["a"],"from":0,"live":"no","credit":1'),
    says: /"live" must be/,
  },
  {
    name: 'from nowhere',
    message: header('"t":"follow","id":1,"ledgers":["a"],"from":"now","live":true,"credit":1'),
    says: /"from" must be/,
  },
  {
    name: 'get of two things',
    message: header('"t":"get","id":1,"ledger":"a","seq":1,"eventId":"x"'),
    says: /exactly one/,
  },
  { name: 'a second hello', message: header('"t":"hello","client":"x"'), says: /second/ },
  { name: 'a long header', message: header(`"t":"ping","x":"${'x'.repeat(65_600)}"`), says: /over 65535/ },
  { name: 'a header that never ends', message: bytes('x'.repeat(70_000)), says: /over 65535/ },
  { name: 'a body over 1 MiB', message: bytes(append + `${' '.repeat(1 << 20)}\n`), says: /over 1048576/ },
]

it.each(notUnderstood)('closes with 4400 FRAME_INVALID: $name', async ({ message, says }) => {
  for (const { place } of at.places)
    await at.withstand(async () => {
      const client = await at.connect(place)
      client.ws.send(message)
      const { header: last } = await client.next('error')
      expect(last).toMatchObject({ t: 'error', error: { code: 'FRAME_INVALID', outcome: 'absent', retryable: false } })
      expect(last).not.toHaveProperty('id')
      expect(last.t === 'error' && last.error.message).toMatch(says)
      const { code, reason } = await client.closed
      expect([code, reason.split(':')[0]]).toEqual([closeCodes.frameInvalid, 'FRAME_INVALID'])
    })
})

it('refuses every truncation of an append', async () => {
  const whole = bytes(append + draft)
  for (let length = 0; length < whole.length; length += 7)
    await at.withstand(async () => {
      const client = await at.connect(at.socket)
      client.ws.send(whole.subarray(0, length))
      expect((await client.closed).code).toBe(closeCodes.frameInvalid)
    })
})

it('closes with 1009 when a message is over every limit, whole or in parts', async () => {
  for (const { place } of at.places)
    for (const isWhole of [true, false])
      await at.withstand(async () => {
        const client = await at.connect(place)
        // The daemon closes while we still send; what that breaks here is not the matter.
        client.ws.on('error', () => undefined)
        for (let part = 0; part < 4; part += 1) {
          const isLast = isWhole || part === 3
          client.ws.send(Buffer.alloc(isWhole ? 2 << 20 : 512 << 10), { fin: isLast }, () => undefined)
          if (isLast) break
        }
        expect((await client.closed).code).toBe(closeCodes.messageTooLong)
      })
})

describe('what WebSocket itself forbids', () => {
  it.each([
    { name: 'an unmasked frame', frame: [0x82, 0x01, 0x00], close: 1002 },
    { name: 'an unknown opcode', frame: [0x83, 0x80, 0, 0, 0, 0], close: 1002 },
    { name: 'a compressed frame', frame: [0xc2, 0x80, 0, 0, 0, 0], close: 1002 },
    { name: 'a text that is no UTF-8', frame: [0x81, 0x81, 0, 0, 0, 0, 0xff], close: closeCodes.frameInvalid },
    { name: 'a frame of 2^62 bytes', frame: [0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], close: 1009 },
  ])('$name is answered with a close', async ({ frame, close }) => {
    for (const { place } of at.places)
      await at.withstand(async () => {
        const client = await at.connect(place)
        const { _socket: socket } = client.ws as unknown as { _socket: NodeJS.WritableStream }
        socket.write(Buffer.from(frame))
        expect((await client.closed).code).toBe(close)
      })
  })
})

describe('the greeting', () => {
  it('closes with 4409 when something else comes first', async () => {
    for (const message of [ping, append + draft, '{"t":"stat","id":1,"ledger":".."}\n'])
      for (const { place } of at.places)
        await at.withstand(async () => {
          const client = await greeterOf(place).opened()
          client.ws.send(bytes(message))
          expect(await client.closed).toMatchObject({
            code: closeCodes.helloExpected,
            reason: expect.stringMatching(/^FRAME_INVALID: .*hello/),
          })
        })
  })

  it('closes with 4400 when hello is malformed', async () => {
    for (const { place } of at.places)
      await at.withstand(async () => {
        const client = await greeterOf(place).opened()
        client.ws.send(header('"t":"hello","client":7'))
        expect((await client.closed).code).toBe(closeCodes.frameInvalid)
      })
  })

  it('closes with 4408 when hello does not come, and HTTP with 408 when headers do not', async () => {
    await at.withstand(async () => {
      const silent = at.places.map(async ({ place }) => {
        const client = await greeterOf(place).opened()
        expect(await client.closed).toMatchObject({
          code: closeCodes.silent,
          reason: expect.stringMatching(/^DEADLINE/),
        })
      })
      const slow = at.places.map(async ({ place }) => {
        const { status, body } = await sendRaw(place, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
        expect(status).toBe(408)
        expect(JSON.parse(body)).toMatchObject({ error: { code: 'REQUEST_INVALID' } })
      })
      await Promise.all([...silent, ...slow])
    })
  })

  function greeterOf(place: (typeof at.places)[number]['place']): FrameClient {
    return new FrameClient(place, 'port' in place ? { headers: { authorization: `Bearer ${at.token}` } } : {})
  }
})
