// Drafts, ledger ids and requests that nobody may send, over WebSocket and HTTP, TCP and local socket: each gets a stable
// code that says what and where, on its own connection, and neither file nor folder nor healthy client notices.
import { gzipSync } from 'node:zlib'
import { httpStatus } from '@ledgerd/protocol'
import type { ClientFrame } from '@ledgerd/protocol'
import type { ErrorCode, ErrorDocument } from '@ledgerd/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AttackedDaemon } from '../test/attacked-daemon.ts'
import { badDrafts, draftOf, eventId } from '../test/bad-drafts.ts'
import { sendRaw } from '../test/plain-clients.ts'
import type { Place } from '../test/plain-clients.ts'

let at: AttackedDaemon
beforeAll(async () => {
  at = await AttackedDaemon.start()
})
afterAll(async () => {
  await at.stop()
})

const target = 'worlds/target'

describe.each(badDrafts)('a draft refused: $name', ({ draft, code, says }) => {
  it('over WebSocket, each on its own, and the connection goes on', async () => {
    for (const { place } of at.places)
      await at.withstand(async () => {
        const client = await at.connect(place)
        const body = Buffer.concat([Buffer.from(draft), Buffer.from('\n')])
        client.send({ t: 'append', id: 5, ledger: target, n: 1 }, body)
        const answer = await client.nextOf('outcomes', 'receipts', 'error')
        expect(answer.header).toMatchObject({ t: 'outcomes', id: 5, ledger: target, n: 1 })
        expectRefusal(Buffer.from(answer.body).toString(), code, says)
        client.send({ t: 'append', id: 6, ledger: target, n: 1, atomic: true }, body)
        const whole = (await client.nextOf('outcomes', 'receipts', 'error')).header
        expect(whole).toMatchObject({ t: 'error', id: 6, error: { code, outcome: 'absent', details: { index: 0 } } })
        client.send({ t: 'ping' })
        await client.next('pong')
        client.ws.terminate()
      })
  })

  it('over HTTP', async () => {
    for (const { place } of at.places)
      await at.withstand(async () => {
        const { status, body } = await post(place, `/v1/ledgers/${target}/append`, draft)
        expect(status).toBe(httpStatus[code])
        expectRefusal(body, code, says)
      })
  })
})

describe('bodies over HTTP that are no NDJSON', () => {
  const cases: { name: string; headers?: string; body: string | Uint8Array; status: number; says: RegExp }[] = [
    {
      name: 'compressed',
      headers: 'Content-Encoding: gzip\r\n',
      body: gzipSync(`${draftOf()}\n`),
      status: 415,
      says: /uncompressed/,
    },
    {
      name: 'a form with a file',
      headers: 'Content-Type: multipart/form-data; boundary=x\r\n',
      body: `--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n${draftOf()}\r\n--x--\r\n`,
      status: 415,
      says: /--data-binary/,
    },
    { name: 'an array', body: `[${draftOf()}, ${draftOf()}]`, status: 400, says: /jq -c '\.\[\]'/ },
    {
      name: 'printed for eyes',
      body: JSON.stringify(JSON.parse(draftOf()), undefined, 2),
      status: 400,
      says: /jq -c \. /,
    },
  ]
  it.each(cases)('$name: refused once, and nothing is recorded', async ({ headers, body, status, says }) => {
    for (const { place } of at.places)
      await at.withstand(async () => {
        const answer = await post(place, `/v1/ledgers/${target}/append`, body, headers)
        expect(answer.status).toBe(status)
        expectRefusal(answer.body, 'REQUEST_INVALID', says)
      })
  })
})

describe('whole requests', () => {
  const good = `${draftOf()}\n`
  const cases: { name: string; frame: ClientFrame; body?: string; code: ErrorCode; says: RegExp }[] = [
    {
      name: 'fewer drafts than announced',
      frame: { t: 'append', id: 7, ledger: target, n: 2 },
      body: good,
      code: 'FRAME_INVALID',
      says: /2 .*announced/,
    },
    {
      name: 'more drafts than announced',
      frame: { t: 'append', id: 7, ledger: target, n: 1 },
      body: good + good,
      code: 'FRAME_INVALID',
      says: /1 .*announced/,
    },
    {
      name: 'too many drafts',
      frame: { t: 'append', id: 7, ledger: target, n: 8193 },
      body: '{}\n'.repeat(8193),
      code: 'BATCH_TOO_LARGE',
      says: /8192/,
    },
    {
      name: 'an unknown schema',
      frame: { t: 'append', id: 7, ledger: target, n: 1, schema: 'nope' },
      body: good,
      code: 'SCHEMA_UNKNOWN',
      says: /schema/,
    },
    {
      name: 'another size',
      frame: { t: 'append', id: 7, ledger: target, n: 1, expect: { size: 99 } },
      body: good,
      code: 'EXPECT_FAILED',
      says: /3/,
    },
    {
      name: 'another root',
      frame: { t: 'append', id: 7, ledger: target, n: 1, expect: { size: 3, root: `sha256:${'0'.repeat(64)}` } },
      body: good,
      code: 'EXPECT_FAILED',
      says: /root/,
    },
    {
      name: 'one id twice, atomic',
      frame: { t: 'append', id: 7, ledger: target, n: 2, atomic: true },
      body: good + good,
      code: 'REQUEST_INVALID',
      says: /id/,
    },
    {
      name: 'other content for an id',
      frame: { t: 'append', id: 7, ledger: target, n: 1 },
      body: `${draftOf({ id: `"${'0'.repeat(32)}"` })}\n`,
      code: 'IDENTITY_CONFLICT',
      says: /"seq":0/,
    },
    {
      name: 'get, unknown ledger',
      frame: { t: 'get', id: 7, ledger: 'worlds/nowhere', seq: 0 },
      code: 'LEDGER_NOT_FOUND',
      says: /worlds\/nowhere/,
    },
    {
      name: 'get, beyond the end',
      frame: { t: 'get', id: 7, ledger: target, seq: 3 },
      code: 'EVENT_NOT_FOUND',
      says: /3/,
    },
    {
      name: 'get, unknown event',
      frame: { t: 'get', id: 7, ledger: target, eventId },
      code: 'EVENT_NOT_FOUND',
      says: /3/,
    },
    {
      name: 'stat, unknown ledger',
      frame: { t: 'stat', id: 7, ledger: 'worlds/nowhere' },
      code: 'LEDGER_NOT_FOUND',
      says: /worlds\/nowhere/,
    },
    {
      name: 'read, unknown ledger',
      frame: { t: 'follow', id: 7, ledgers: ['worlds/nowhere'], from: 0, live: false, credit: 1000 },
      code: 'LEDGER_NOT_FOUND',
      says: /worlds\/nowhere/,
    },
    {
      name: 'follow, unknown ledger with a past',
      frame: { t: 'follow', id: 7, ledgers: ['worlds/nowhere'], from: 5, live: true, credit: 1000 },
      code: 'LEDGER_NOT_FOUND',
      says: /worlds\/nowhere/,
    },
    {
      name: 'follow, cursor ahead',
      frame: { t: 'follow', id: 7, ledgers: [target], from: 4, live: true, credit: 1000 },
      code: 'CURSOR_AHEAD',
      says: /4/,
    },
    {
      name: 'follow from no day',
      frame: {
        t: 'follow',
        id: 7,
        ledgers: [target],
        from: { time: '2026-02-31T05:00:00Z' },
        live: true,
        credit: 1000,
      },
      code: 'REQUEST_INVALID',
      says: /time/,
    },
  ]
  it.each(cases)('$name: $code, and the connection goes on', async ({ frame, body, code, says }) => {
    for (const { place } of at.places)
      await at.withstand(async () => {
        const client = await at.connect(place)
        client.send(frame, body)
        const answer = await client.nextOf('error', 'end', 'outcomes', 'receipts', 'lines', 'line', 'stat')
        const text =
          answer.header.t === 'outcomes' ? Buffer.from(answer.body).toString() : JSON.stringify(answer.header)
        expect(answer.header).toMatchObject({ id: 7 })
        expectRefusal(text, code, says)
        client.send({ t: 'ping' })
        await client.next('pong')
        client.ws.terminate()
      })
  })
})

describe.each([
  { ledger: '..' },
  { ledger: '../x' },
  { ledger: 'worlds/../../x' },
  { ledger: 'worlds/./x' },
  { ledger: '%2e%2e' },
  { ledger: '..%2fx' },
  { ledger: 'a%2Fb' },
  { ledger: 'a%00b' },
  { ledger: String.raw`a\b` },
  { ledger: String.raw`..\x` },
  { ledger: '/etc/passwd' },
  { ledger: 'C:/x' },
  { ledger: '.ledgerd/token' },
  { ledger: 'worlds//x' },
  { ledger: 'worlds/x/' },
  { ledger: '-rf' },
  { ledger: '~' },
  { ledger: 'x'.repeat(129) },
  { ledger: `${'x'.repeat(100)}/`.repeat(3).slice(0, -1) },
  { ledger: 'a/b/c/d/e/f/g/h/i' },
  { ledger: '<script>' },
])('$ledger is no ledger id', ({ ledger }) => {
  it('over WebSocket, in every request, and the connection goes on', async () => {
    for (const { place } of at.places) await at.withstand(() => expectRefusedNames(place, ledger))
  })

  it('over HTTP, on every route', async () => {
    for (const { place } of at.places)
      await at.withstand(async () => {
        for (const suffix of ['', '/lines', '/lines/0', '/append']) {
          const target = `/v1/ledgers/${ledger}${suffix}`
          const answer = suffix === '/append' ? await post(place, target, draftOf()) : await get(place, target)
          expect(answer.status).toBe(400)
          expectRefusal(answer.body, 'LEDGER_ID_INVALID', /no ledger id/)
        }
      })
  })
})

it.each([
  { name: 'empty', ledger: '' },
  { name: 'a NUL', ledger: 'a\0b' },
  { name: 'an accent', ledger: 'é' },
  { name: 'a blank', ledger: 'a b' },
  { name: 'a line feed', ledger: 'a\nb' },
  { name: 'a bidirectional mark', ledger: 'a\u202eb' },
  { name: 'a pattern', ledger: 'worlds/*', isPattern: true },
])('a name that no path of HTTP can spell is refused over WebSocket: $name', async ({ ledger, isPattern }) => {
  for (const { place } of at.places) await at.withstand(() => expectRefusedNames(place, ledger, isPattern))
})

describe.each([
  { ledger: 'CON', says: /Windows device/ },
  { ledger: 'worlds/aux.notes', says: /Windows device/ },
  { ledger: 'lpt1/x', says: /Windows device/ },
  { ledger: 'worlds/x.', says: /ends in a dot/ },
  { ledger: 'x.jsonl/y', says: /name of a ledger file/ },
  { ledger: 'worlds/Target', says: /case/ },
  { ledger: 'Worlds/target', says: /case/ },
  { ledger: 'worlds/linked', says: /link|plain file/ },
  { ledger: 'away/y', says: /link/ },
])('$ledger cannot become a ledger', ({ ledger, says }) => {
  it('over WebSocket and HTTP', async () => {
    for (const { place } of at.places)
      await at.withstand(async () => {
        const client = await at.connect(place)
        client.send({ t: 'append', id: 9, ledger, n: 1 }, `${draftOf()}\n`)
        const { header } = await client.nextOf('error', 'receipts', 'outcomes')
        expect(header).toMatchObject({ t: 'error', id: 9 })
        expectRefusal(JSON.stringify(header), 'LEDGER_ID_INVALID', says)
        client.ws.terminate()
        const { status, body } = await post(place, `/v1/ledgers/${ledger}/append`, draftOf())
        expect(status).toBe(400)
        expectRefusal(body, 'LEDGER_ID_INVALID', says)
      })
  })
})

/** Append, get, stat and follow of a name that is no id: each refused by itself. */
async function expectRefusedNames(place: Place, ledger: string, isPattern = false): Promise<void> {
  const client = await at.connect(place)
  const follow = { t: 'follow', ledgers: [ledger], from: 0, live: false, credit: 1000 } as const
  const frames: [ClientFrame, string?][] = [
    [{ t: 'append', id: 1, ledger, n: 1 }, `${draftOf()}\n`],
    [{ t: 'get', id: 2, ledger, seq: 0 }],
    [{ t: 'stat', id: 3, ledger }],
    [{ ...follow, id: 4, ledgers: [target], cursors: { [ledger]: 0 } }],
    ...(isPattern ? [] : [[{ ...follow, id: 5 }] as [ClientFrame]]),
  ]
  for (const [frame, body] of frames) {
    client.send(frame, body)
    const { header } = await client.next('error')
    expect(header).toMatchObject({ id: 'id' in frame ? frame.id : undefined })
    expectRefusal(JSON.stringify(header), 'LEDGER_ID_INVALID', /no ledger id|neither a ledger id/)
  }
  client.send({ t: 'ping' })
  await client.next('pong')
  client.ws.terminate()
}

/** The one error document in an answer, in full. */
function expectRefusal(text: string, code: ErrorCode, says: RegExp): void {
  const { error } = JSON.parse(text) as { error: ErrorDocument }
  expect(error, text).toMatchObject({ code, retryable: false })
  const isReading = code.startsWith('EVENT_') || code.startsWith('CURSOR_')
  expect(error.outcome, text).toBe(code === 'IDENTITY_CONFLICT' ? 'present' : isReading ? undefined : 'absent')
  expect(JSON.stringify(error)).toMatch(says)
  expect(error.message.length).toBeLessThan(1000)
}

function get(place: Place, path: string) {
  return sendRaw(place, `GET ${path} HTTP/1.1\r\n${at.ownHeaders(place)}Connection: close\r\n\r\n`)
}

function post(place: Place, path: string, body: string | Uint8Array, headers = '') {
  const bytes = Buffer.from(body)
  const own = `${at.ownHeaders(place)}${headers}Connection: close\r\nContent-Length: ${bytes.length}`
  return sendRaw(place, Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${own}\r\n\r\n`), bytes]))
}
