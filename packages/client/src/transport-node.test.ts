// The Node transport against a real socket: TCP, a local socket, the environment, refusals.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FakeDaemon } from '../conformance/fake-daemon.ts'
import { notes } from '../conformance/note-schema.ts'
import { connect } from './connect.ts'

const closing: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0).reverse()) await close()
})

describe('the Node transport', () => {
  it('finds daemon and token in the environment', async () => {
    const daemon = await started({ token: 's3cret' })
    vi.stubEnv('LEDGERD_URL', daemon.url)
    vi.stubEnv('LEDGERD_TOKEN', 's3cret')
    expect(await roundTrip({})).toBe(0)
  })

  it('is told by a daemon that the token is wrong', async () => {
    const daemon = await started({ token: 's3cret' })
    await expect(roundTrip({ url: daemon.url, token: 'wrong' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('dials the local socket in XDG_RUNTIME_DIR when it was told nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledgerd-client-'))
    closing.push(() => rmSync(folder, { recursive: true }))
    vi.stubEnv('LEDGERD_URL', '')
    vi.stubEnv('XDG_RUNTIME_DIR', folder)
    await started({ socketPath: join(folder, 'ledgerd.sock') })
    expect(await roundTrip({})).toBe(0)
  })

  it('says UNREACHABLE where nobody listens', async () => {
    const refused = roundTrip({ url: 'unix:/nonexistent/ledgerd.sock', deadlineMs: 50, retryDelayMaxMs: 1 })
    await expect(refused).rejects.toMatchObject({ code: 'UNREACHABLE', outcome: 'absent' })
  })

  it('says UNREACHABLE where something else listens', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end('not here'))
    const port = await listening(server)
    const refused = roundTrip({ url: `http://127.0.0.1:${port}`, deadlineMs: 1000, retryDelayMaxMs: 1 })
    await expect(refused).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  it('comes back to a daemon that was restarted on the same port', async () => {
    const daemon = await started({})
    const ledger = connect({ ledger: 'a', schema: notes, url: daemon.url, retryDelayMinMs: 1, retryDelayMaxMs: 5 })
    closing.push(() => ledger.close())
    expect((await ledger.append('note.text', { text: 'before' })).seq).toBe(0)
    await daemon.stop()
    const receipt = ledger.append('note.text', { text: 'while it is away' })
    await daemon.start()
    expect((await receipt).seq).toBe(1)
  })
})

async function started(options: { token?: string; socketPath?: string }): Promise<FakeDaemon> {
  const daemon = new FakeDaemon({ seal: (draft) => draft.slice(), route: notes.routeOf, ...options })
  await daemon.start()
  closing.push(() => daemon.stop())
  return daemon
}

async function roundTrip(options: Partial<Parameters<typeof connect>[0]>): Promise<number> {
  const ledger = connect({ ledger: 'a', ...options, schema: notes })
  closing.push(() => ledger.close())
  return (await ledger.append('note.text', { text: 'x' })).seq
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
