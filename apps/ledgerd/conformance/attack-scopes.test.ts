// A token holder gone bad, on the real daemon: every action on every ledger with every token, in both faces, then tokens
// taken back, spoilt and worn while connections are open. What was not granted is FORBIDDEN, leaves no byte, and tells
// nothing about the ledger; the log knows who tried and holds no secret.
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DaemonProcess, scratch, hookTimeoutMs } from '../test/daemon-process.ts'
import { run } from '../test/memory-io.ts'
import { FrameClient } from '../test/plain-clients.ts'

const scopes = {
  writer: { allow: 'append', ledgers: 'open/**' },
  reader: { allow: 'read', ledgers: 'open/**' },
  both: { allow: 'append,read', ledgers: 'open/hall' },
  scraper: { allow: 'admin', ledgers: undefined },
} as const
type Holder = keyof typeof scopes | 'owner'

const at = scratch()
const tokens = new Map<Holder, string>()
let daemon: DaemonProcess

beforeAll(async () => {
  daemon = await DaemonProcess.start(at.folder, at.socket)
  tokens.set('owner', fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim())
  for (const [name, { allow, ledgers }] of Object.entries(scopes))
    tokens.set(name as Holder, await create(name, allow, ledgers))
  for (const ledger of ['open/hall', 'open/yard', 'secret/vault'])
    expect((await append('owner', ledger)).status).toBe(200)
}, hookTimeoutMs)
afterAll(async () => {
  await daemon.kill('SIGTERM')
  at.remove()
}, hookTimeoutMs)

const ledgers = ['open/hall', 'open/yard', 'open/missing', 'secret/vault', 'secret/missing'] as const

function may(holder: Holder, action: 'append' | 'read', ledger: string): boolean {
  if (holder === 'owner') return true
  if (
    holder === 'scraper' ||
    (holder === 'writer' && action === 'read') ||
    (holder === 'reader' && action === 'append')
  )
    return false
  return holder === 'both' ? ledger === 'open/hall' : ledger.startsWith('open/')
}

describe.each(['writer', 'reader', 'both', 'scraper', 'owner'] as const)('with the token of %s', (holder) => {
  it('reads what it may over HTTP, and learns nothing of the rest', async () => {
    for (const ledger of ledgers)
      for (const tail of ['', '/lines', '/lines/0', '/lines?follow=true&limit=1']) {
        const answer = await ask(holder, `/v1/ledgers/${ledger}${tail}`)
        const want = !may(holder, 'read', ledger) ? 403 : ledger.endsWith('missing') ? 404 : 200
        expect(`${ledger}${tail}: ${answer.status}`).toBe(`${ledger}${tail}: ${want}`)
        if (want === 403) expect(answer.body).not.toMatch(/size|root|lines/)
      }
  })

  it('appends where it may over HTTP, and leaves no byte elsewhere', async () => {
    for (const ledger of ['open/hall', 'open/yard', 'secret/vault', `secret/by-${holder}`]) {
      if (holder === 'owner' && ledger.startsWith('secret/by-')) continue
      const file = path.join(at.folder, `${ledger}.jsonl`)
      const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined
      const isAllowed = may(holder, 'append', ledger)
      expect(`${ledger}: ${(await append(holder, ledger)).status}`).toBe(`${ledger}: ${isAllowed ? 200 : 403}`)
      if (!isAllowed) expect(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined).toBe(before)
    }
  })

  it('sees in lists and patterns what it may read, and in /metrics only with admin', async () => {
    const list = await ask(holder, '/v1/ledgers')
    const readable = ['open/hall', 'open/yard', 'secret/vault'].filter((ledger) => may(holder, 'read', ledger))
    expect(list.status).toBe(readable.length === 0 ? 403 : 200)
    if (list.status === 200) expect(ledgersIn(list.body)).toEqual(readable)
    expect((await ask(holder, '/metrics')).status).toBe(holder === 'scraper' || holder === 'owner' ? 200 : 403)
  })

  it('is held to the same over WebSocket', async () => {
    const client = await clientOf(holder)
    let id = 0
    for (const ledger of ledgers) {
      client.send({ t: 'stat', id: ++id, ledger })
      const { header } = await client.nextOf('stat', 'error')
      const code = !may(holder, 'read', ledger)
        ? 'FORBIDDEN'
        : ledger.endsWith('missing')
          ? 'LEDGER_NOT_FOUND'
          : undefined
      expect({ ledger, code: 'error' in header ? header.error?.code : undefined }).toEqual({ ledger, code })
    }
    for (const ledger of ['open/hall', 'secret/vault']) {
      client.send({ t: 'append', id: ++id, ledger, n: 1 }, draftLine())
      const { header } = await client.nextOf('receipts', 'error')
      expect({ ledger, t: header.t }).toEqual({ ledger, t: may(holder, 'append', ledger) ? 'receipts' : 'error' })
      client.send({ t: 'follow', id: ++id, ledgers: [ledger], from: 'start', live: false, credit: 1 << 20 })
      const { header: end } = await client.next('end')
      expect({ ledger, ...end }).toMatchObject({ ledger, reason: may(holder, 'read', ledger) ? 'done' : 'denied' })
    }
    client.ws.close()
  })
})

describe('a token taken back from a running daemon', () => {
  it('closes its connection with a code, cuts its live read, and is 401 from then on', async () => {
    tokens.set('both', await create('thief', 'append,read', '**'))
    const client = await clientOf('both')
    const live = fetch(urlOf('/v1/ledgers/open/hall/lines?follow=true'), { headers: headersOf('both') })
    const cut = expect((await live).text()).rejects.toThrow()
    expect((await run(['token', 'revoke', 'thief', '--data', at.folder])).exitCode).toBe(0)
    expect((await ask('both', '/v1/ledgers')).status).toBe(401)
    expect(await client.closed).toMatchObject({ code: 4401, reason: expect.stringMatching(/^UNAUTHENTICATED/) })
    await cut
  })

  it('lets nobody but the owner in while the file could have been written by others', async () => {
    const file = path.join(at.folder, '.ledgerd/tokens.json')
    expect((await ask('reader', '/v1/ledgers')).status).toBe(200)
    fs.chmodSync(file, 0o666)
    expect([(await ask('reader', '/v1/ledgers')).status, (await ask('owner', '/v1/ledgers')).status]).toEqual([
      401, 200,
    ])
    fs.chmodSync(file, 0o600)
    expect((await ask('reader', '/v1/ledgers')).status).toBe(200)
  })
})

it('says in the log who was denied what, and holds no token and no hash', async () => {
  await ask('reader', '/metrics')
  expect(daemon.log).toMatch(/"principal":"writer".*lacks read on secret\/vault/)
  for (const token of tokens.values()) expect(daemon.said).not.toContain(token)
  expect(daemon.said).not.toMatch(/[0-9a-f]{64}/)
  expect(daemon.log).not.toContain('defect')
})

let drafts = 0
function draftLine(): string {
  return `{"data": {}, "id": "${(drafts++).toString(16).padStart(32, '0')}", "link": null, "meta": {}, "type": "a.b"}\n`
}

async function create(name: string, allow: string, patterns: string | undefined): Promise<string> {
  const scope = patterns === undefined ? [] : ['--ledgers', patterns]
  const made = await run(['token', 'create', '--name', name, '--allow', allow, ...scope, '--data', at.folder])
  expect(made.exitCode, made.err).toBe(0)
  return made.out.trim()
}

async function append(holder: Holder, ledger: string): Promise<{ status: number; body: string }> {
  return await ask(holder, `/v1/ledgers/${ledger}/append`, draftLine())
}

async function ask(holder: Holder, where: string, body?: string): Promise<{ status: number; body: string }> {
  const answer = await fetch(urlOf(where), {
    headers: headersOf(holder),
    ...(body === undefined ? {} : { method: 'POST', body }),
  })
  return { status: answer.status, body: await answer.text() }
}

function urlOf(where: string): string {
  return `http://127.0.0.1:${daemon.port}${where}`
}

function headersOf(holder: Holder): { authorization: string } {
  return { authorization: `Bearer ${tokens.get(holder)}` }
}

async function clientOf(holder: Holder): Promise<FrameClient> {
  return await new FrameClient({ port: daemon.port }, { headers: headersOf(holder) }).greeted()
}

function ledgersIn(ndjson: string): string[] {
  return ndjson
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { ledger: string }).ledger)
}
