// The connection itself: greeting, heartbeat, reconnecting, what refuses for good, sharing.
import type { ErrorCode } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { ManualPlatform } from '../conformance/manual-platform.ts'
import { notes } from '../conformance/note-schema.ts'
import type { Ledger } from './ledger.ts'
import { Connector } from './open-ledger.ts'
import type { ConnectOptions } from './open-ledger.ts'
import type { SocketEnd } from './platform.ts'

type Options = Partial<ConnectOptions<typeof notes.events>>

function connector(platform: ManualPlatform): (more?: Options) => Ledger<typeof notes.events> {
  const made = new Connector(platform)
  return (more = {}) => made.connect({ ledger: 'a', schema: notes, ...more })
}

describe('greeting', () => {
  it('does no I/O until somebody needs the daemon', () => {
    const platform = new ManualPlatform()
    connector(platform)().lines()
    expect(platform.sockets).toHaveLength(0)
    expect(platform.timerCount).toBe(0)
  })

  it.each([
    { name: 'in the header', sendsAuthorization: true, hello: undefined },
    { name: 'in hello, where headers cannot be set', sendsAuthorization: false, hello: 's3cret' },
  ])('sends the token $name', ({ sendsAuthorization, hello }) => {
    const platform = new ManualPlatform({ sendsAuthorization })
    void connector(platform)({ token: 's3cret' })
      .stat()
      .catch(() => undefined)
    platform.socket.welcome()
    expect(platform.socket.token).toBe('s3cret')
    const [frame] = platform.socket.sent
    expect(frame).toMatchObject({ t: 'hello', client: expect.stringMatching(/^@ledgerd\/client\/\d/) })
    expect(frame?.t === 'hello' ? frame.token : '').toBe(hello)
  })

  it('gives up a dial without a welcome after connectTimeoutMs and dials again', async () => {
    const platform = new ManualPlatform()
    void connector(platform)({ connectTimeoutMs: 700 })
      .stat()
      .catch(() => undefined)
    await platform.advance(700)
    expect(platform.sockets[0]?.isTerminated).toBe(true)
    await platform.advance(50)
    expect(platform.sockets).toHaveLength(2)
  })
})

describe('heartbeat', () => {
  it('pings when nothing else was sent, answers pings, and takes three silent intervals for death', async () => {
    const platform = new ManualPlatform()
    const ledger = connector(platform)()
    void ledger.lines({ follow: true }).next()
    platform.socket.welcome(1000)
    const [first] = platform.sockets
    await platform.advance(2000)
    expect(first?.sent.filter(({ t }) => t === 'ping')).toHaveLength(1)
    first?.receive({ t: 'ping' })
    expect(first?.sent.at(-1)).toEqual({ t: 'pong' })
    await platform.advance(2999)
    expect(first?.isTerminated).toBe(false)
    await platform.advance(1)
    expect(first?.isTerminated).toBe(true)
    await platform.advance(100)
    expect(platform.sockets).toHaveLength(2)
  })
})

describe('what refuses for good', () => {
  const errorBody = JSON.stringify({ error: { code: 'FORBIDDEN', message: 'this Origin', retryable: false } })
  const cases: { name: string; end: SocketEnd; code: ErrorCode }[] = [
    { name: 'HTTP 401', end: { closeCode: 1006, reason: '', httpStatus: 401, httpBody: '' }, code: 'UNAUTHENTICATED' },
    {
      name: 'HTTP 400',
      end: { closeCode: 1006, reason: '', httpStatus: 400, httpBody: '<p>' },
      code: 'PROTOCOL_VERSION',
    },
    {
      name: 'a document',
      end: { closeCode: 1006, reason: '', httpStatus: 403, httpBody: errorBody },
      code: 'FORBIDDEN',
    },
    { name: 'close 4401', end: { closeCode: 4401, reason: 'UNAUTHENTICATED: no' }, code: 'UNAUTHENTICATED' },
    { name: 'close 4426', end: { closeCode: 4426, reason: '' }, code: 'PROTOCOL_VERSION' },
    { name: 'close 4400', end: { closeCode: 4400, reason: '' }, code: 'FRAME_INVALID' },
  ]
  it.each(cases)('$name: $code', async ({ end, code }) => {
    const platform = new ManualPlatform()
    const refused = expect(connector(platform)().stat()).rejects.toMatchObject({ code, retryable: false })
    platform.socket.end(end)
    await refused
    await platform.advance(60_000)
    expect(platform.sockets).toHaveLength(1)
  })

  it.each([
    { name: 'a proxy that has no daemon', end: { closeCode: 1006, reason: '', httpStatus: 502, httpBody: '' } },
    { name: 'draining', end: { closeCode: 1001, reason: 'DRAINING: bye' } },
    { name: 'a broken socket', end: { closeCode: 1006, reason: '' } },
  ])('but not $name', async ({ end }) => {
    const platform = new ManualPlatform()
    void connector(platform)()
      .stat()
      .catch(() => undefined)
    platform.socket.end(end)
    await platform.advance(200)
    expect(platform.sockets).toHaveLength(2)
  })

  it('bytes that are no frame, and says so to the daemon', async () => {
    const platform = new ManualPlatform()
    const refused = expect(connector(platform)().stat()).rejects.toMatchObject({ code: 'FRAME_INVALID' })
    platform.socket.welcome()
    platform.socket.receiveBytes(new TextEncoder().encode('GET / HTTP/1.1\n'))
    await refused
    expect(platform.socket.closedWith).toBe(4400)
  })

  it('an error frame before the close is believed rather than the close', async () => {
    const platform = new ManualPlatform()
    const refused = expect(connector(platform)().stat()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    platform.socket.receive({ t: 'error', error: { code: 'UNAUTHENTICATED', message: 'no', retryable: false } })
    platform.socket.end({ closeCode: 1006, reason: '' })
    await refused
  })
})

describe('sharing', () => {
  it('one socket serves every handle with the same address and token, until the last one closes', async () => {
    const platform = new ManualPlatform()
    const connect = connector(platform)
    const [first, second, other] = [connect(), connect({ ledger: 'b' }), connect({ token: 'x' })]
    for (const handle of [first, second]) void handle.stat().catch(() => undefined)
    expect(platform.sockets).toHaveLength(1)
    void other.stat().catch(() => undefined)
    expect(platform.sockets).toHaveLength(2)
    const [shared] = platform.sockets
    shared?.welcome()
    expect(shared?.sent.flatMap((frame) => (frame.t === 'stat' ? [frame.ledger] : []))).toEqual(['a', 'b'])
    await first.close()
    expect(shared?.closedWith).toBeUndefined()
    await second.close()
    expect(shared?.closedWith).toBe(1000)
  })
})

describe('a handle that closes', () => {
  it.each([
    { name: 'stat', lookUp: (ledger: Ledger<typeof notes.events>) => ledger.stat() },
    { name: 'get', lookUp: (ledger: Ledger<typeof notes.events>) => ledger.get(0) },
    { name: 'receipt', lookUp: (ledger: Ledger<typeof notes.events>) => ledger.receipt(0) },
  ])('rejects its $name under way with CLOSED, and leaves those of others alone', async ({ lookUp }) => {
    const platform = new ManualPlatform()
    const connect = connector(platform)
    const [closing, staying] = [connect(), connect({ ledger: 'b' })]
    const given = expect(lookUp(closing)).rejects.toMatchObject({ code: 'CLOSED', outcome: 'absent' })
    let isSettled = false
    const kept = staying.stat().finally(() => (isSettled = true))
    platform.socket.welcome()
    await closing.close()
    await given
    expect(isSettled).toBe(false)
    await staying.close()
    await expect(kept).rejects.toMatchObject({ code: 'CLOSED' })
    expect(platform.timerCount).toBe(0)
  })
})

describe('options', () => {
  const cases: { name: string; options: Options; code: ErrorCode }[] = [
    { name: 'a bad ledger id', options: { ledger: '../x' }, code: 'LEDGER_ID_INVALID' },
    { name: 'a pattern as id', options: { ledger: 'worlds/*' }, code: 'LEDGER_ID_INVALID' },
    { name: 'another scheme', options: { url: 'ftp://x' }, code: 'CONFIG_INVALID' },
    { name: 'no URL', options: { url: 'x' }, code: 'CONFIG_INVALID' },
    { name: 'a token in the URL', options: { url: 'ws://me:token@x' }, code: 'CONFIG_INVALID' },
    { name: 'a relative socket', options: { url: 'unix:x.sock' }, code: 'CONFIG_INVALID' },
    { name: 'a limit below', options: { batchesInFlight: 0 }, code: 'CONFIG_INVALID' },
    { name: 'a limit above', options: { batchBytesMax: (1 << 20) + 1 }, code: 'CONFIG_INVALID' },
    { name: 'a limit between integers', options: { deadlineMs: 1.5 }, code: 'CONFIG_INVALID' },
  ]
  it.each(cases)('$name: $code', ({ options, code }) => {
    expect(() => connector(new ManualPlatform())(options)).toThrow(expect.objectContaining({ code }))
  })
})
