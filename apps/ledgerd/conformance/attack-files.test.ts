// Out of the data folder, and into what is not for others: paths that climb, links that lead away, files that are none,
// sidecars asked for as ledgers, by every route and in both faces; then what the daemon leaves on disk, mode by mode, and
// the starts it refuses because somebody else could have been there.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AttackedDaemon } from '../test/attacked-daemon.ts'
import { DaemonProcess, scratch, hookTimeoutMs } from '../test/daemon-process.ts'
import { namesUnder } from '../test/names-under.ts'
import { sendRaw } from '../test/plain-clients.ts'

let at: AttackedDaemon
beforeAll(async () => {
  at = await AttackedDaemon.start((folder) => {
    const worlds = path.join(folder, 'worlds')
    fs.symlinkSync('/etc/passwd', path.join(worlds, 'passwd.jsonl'))
    fs.symlinkSync('.ledgerd', path.join(folder, 'side'))
    fs.symlinkSync('target.jsonl', path.join(worlds, 'alias.jsonl'))
    fs.symlinkSync('/nowhere/x.jsonl', path.join(worlds, 'dangling.jsonl'))
    fs.mkdirSync(path.join(worlds, 'folder.jsonl'), { mode: 0o700 })
    fs.writeFileSync(path.join(worlds, 'twin.jsonl'), '', { mode: 0o600 })
    fs.linkSync(path.join(worlds, 'twin.jsonl'), path.join(worlds, 'second-name.jsonl'))
    execFileSync('mkfifo', ['-m', '600', path.join(worlds, 'pipe.jsonl')])
  })
}, hookTimeoutMs)
afterAll(async () => {
  await at.stop()
}, hookTimeoutMs)

const draft = '{"type": "a.b", "data": {}}'
const routes = [
  { name: 'lines', request: (id: string) => `GET /v1/ledgers/${id}/lines`, body: '' },
  { name: 'one line', request: (id: string) => `GET /v1/ledgers/${id}/lines/0`, body: '' },
  { name: 'stat', request: (id: string) => `GET /v1/ledgers/${id}`, body: '' },
  { name: 'append', request: (id: string) => `POST /v1/ledgers/${id}/append`, body: draft },
]

const climbing = [
  '..',
  '../..',
  '../outside/x',
  'worlds/../../outside/x',
  './worlds/target',
  'worlds/./target',
  'worlds//target',
  '/etc/passwd',
  '%2e%2e/outside/x',
  '..%2foutside%2fx',
  '%2e%2e%2foutside%2fx',
  '..%5coutside%5cx',
  'worlds/target%00',
  'worlds/target%0a',
  'worlds\\target',
  '.ledgerd/token',
  '.ledgerd/tokens',
  '.ledgerd/ledgers/worlds/target.jsonl/head',
  '.hidden',
  'worlds/.hidden',
  '~root',
  '$HOME',
  'C:',
  'worlds/target:stream',
  'file:///etc/passwd',
  'a/'.repeat(8) + 'b',
  'a '.repeat(65).trim(),
  'long'.repeat(64),
  'worlds/t\u00e4rget',
]

describe('a path that is no ledger id', () => {
  it.each(climbing)('%s is refused on every route', async (id) => {
    await at.withstand(async () => {
      for (const { name, request, body } of routes) {
        const answer = await ask(request(Buffer.from(id).toString('latin1')), body)
        expect([400, 404], `${name}: ${answer.status}`).toContain(answer.status)
        expect(answer.body).toMatch(/LEDGER_ID_INVALID|REQUEST_INVALID/)
        expect(answer.body).not.toMatch(/root:|BEGIN|sha256/)
      }
    })
  })
})

describe('a name that leads elsewhere', () => {
  it.each([
    { name: 'a link to a file outside', id: 'worlds/linked' },
    { name: 'a link to a file of the system', id: 'worlds/passwd' },
    { name: 'a link to a ledger of ours', id: 'worlds/alias' },
    { name: 'a link to nothing', id: 'worlds/dangling' },
    { name: 'a folder behind a link', id: 'away/x' },
    { name: 'a ledger to be made behind a link', id: 'away/new' },
    { name: 'a folder to be made behind a link', id: 'away/deeper/new' },
    { name: 'the sidecars behind a link', id: 'side/ledgers/worlds/target' },
    { name: 'a folder with the name of a ledger', id: 'worlds/folder' },
    { name: 'a file with two names', id: 'worlds/twin' },
    { name: 'the second of them', id: 'worlds/second-name' },
    { name: 'a named pipe', id: 'worlds/pipe' },
    { name: 'a ledger used as a folder', id: 'worlds/target.jsonl/x' },
  ])('$name is refused on every route, in both faces', async ({ id }) => {
    await at.withstand(async () => {
      for (const { name, request, body } of routes) {
        const { status, body: said } = await ask(request(id), body)
        expect([400, 404], `${name}: ${status} ${said}`).toContain(status)
      }
      const client = await at.connect(at.tcp)
      client.send({ t: 'append', id: 1, ledger: id, n: 1 }, `${draft.replace('}}', `}, "id": "${'0'.repeat(32)}"}`)}\n`)
      expect((await client.nextOf('error', 'receipts', 'outcomes')).header.t).toBe('error')
      client.send({ t: 'follow', id: 2, ledgers: [id], from: 'start', live: false, credit: 1 << 20 })
      const { header } = await client.nextOf('end', 'lines')
      expect(header).toMatchObject({ t: 'end', reason: 'error', error: { code: expect.stringMatching(/^LEDGER_/) } })
      client.ws.close()
    })
  })

  it('is in no list and matches no pattern', async () => {
    await at.withstand(async () => {
      const { body } = await ask('GET /v1/ledgers?pattern=**', '')
      expect(body).not.toMatch(/linked|passwd|alias|away|side|pipe|folder\.jsonl/)
    })
  })
})

it('leaves nothing that others can read, write or enter', () => {
  const wide: string[] = []
  let seen = 0
  for (const name of namesUnder(at.folder)) {
    const stat = fs.lstatSync(path.join(at.folder, name))
    if (stat.isSymbolicLink()) continue
    seen += 1
    const want = stat.isDirectory() ? 0o700 : 0o600
    if ((stat.mode & 0o777) !== want) wide.push(`${name}: ${(stat.mode & 0o777).toString(8)}`)
  }
  expect(wide).toEqual([])
  expect(seen).toBeGreaterThan(10)
  expect('path' in at.socket && fs.lstatSync(at.socket.path).mode & 0o777).toBe(0o600)
})

describe('a start where somebody else could have been', () => {
  const token = (folder: string): string => path.join(folder, '.ledgerd/token')
  const cases: { name: string; spoil: (folder: string) => void; says: string }[] = [
    {
      name: 'a sidecar folder that others enter',
      spoil: (at) => fs.chmodSync(`${at}/.ledgerd`, 0o755),
      says: 'chmod 700',
    },
    {
      name: 'a token that is a link',
      spoil: (at) => (fs.renameSync(token(at), `${at}/t`), fs.symlinkSync(`${at}/t`, token(at))),
      says: 'is a link',
    },
    {
      name: 'a socket in a folder that others enter',
      spoil: (at) => fs.chmodSync(path.dirname(at), 0o755),
      says: 'nobody else can enter',
    },
  ]
  it('is refused with exit 2 and the remedy, and nothing is served', { timeout: 60_000 }, async () => {
    await Promise.all(
      cases.map(async ({ name, spoil, says }) => {
        const other = scratch()
        fs.mkdirSync(path.join(other.folder, '.ledgerd'), { recursive: true, mode: 0o700 })
        fs.writeFileSync(token(other.folder), `${'A'.repeat(43)}\n`, { mode: 0o600 })
        spoil(other.folder)
        const refused = DaemonProcess.spawn(other.folder, other.socket)
        expect({ name, ...(await refused.exited) }).toMatchObject({ name, code: 2 })
        expect(refused.said).toContain('CONFIG_INVALID')
        expect(refused.said).toContain(says)
        expect(refused.log).not.toContain('"serving"')
        other.remove()
      }),
    )
  })
})

async function ask(request: string, body: string): Promise<{ status: number; body: string }> {
  const head = `${at.ownHeaders(at.tcp)}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`
  return await sendRaw(at.tcp, Buffer.from(`${request} HTTP/1.1\r\n${head}${body}`, 'latin1'))
}
