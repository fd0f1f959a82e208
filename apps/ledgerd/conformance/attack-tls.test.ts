// The daemon behind TLS, from outside: who has the certificate gets in by https and wss with the token, and nobody else
// does, by any name, any protocol, or any silence; a new certificate is taken up on SIGHUP, a wrong one never. Needs the
// program openssl; without it this suite says NOT RUN.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import net from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTlsFiles } from '../src/storage/tls-files.ts'
import { DaemonProcess, scratch, hookTimeoutMs } from '../test/daemon-process.ts'
import { sendRaw } from '../test/plain-clients.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) process.stderr.write('attack-tls: NOT RUN, there is no openssl\n')

const at = scratch()
const folder = path.dirname(at.folder)
const files = { cert: path.join(folder, 'cert.pem'), key: path.join(folder, 'key.pem') }
const flags = ['--tls-cert', files.cert, '--tls-key', files.key]
let daemon: DaemonProcess
let token: string

beforeAll(async () => {
  if (!hasOpenssl) return
  makeCertificate('DNS:ledger.example,IP:127.0.0.1')
  daemon = await DaemonProcess.start(at.folder, at.socket, flags)
  token = fs.readFileSync(path.join(at.folder, '.ledgerd/token'), 'utf8').trim()
}, hookTimeoutMs)
afterAll(async () => {
  if (hasOpenssl) await daemon.kill('SIGTERM')
  at.remove()
}, hookTimeoutMs)

describe.runIf(hasOpenssl)('behind TLS (needs openssl)', () => {
  it('appends and reads by wss and https with the certificate', async () => {
    const url = `https://127.0.0.1:${daemon.port}`
    expect(await command(['append', 'worlds/hall', 'demo.hello', '{"text": "hi"}', '--url', url])).toMatchObject({
      code: 0,
    })
    const wss = `wss://127.0.0.1:${daemon.port}`
    expect(await command(['cat', 'worlds/hall', '--raw', '--url', wss])).toMatchObject({
      code: 0,
      out: expect.stringContaining('demo.hello'),
    })
  })

  it('is not believed without the certificate, and not let in without the token', async () => {
    const args = ['cat', 'worlds/hall', '--url', `wss://127.0.0.1:${daemon.port}`]
    expect(await command(args, { NODE_EXTRA_CA_CERTS: '' })).toMatchObject({ code: 6, out: '' })
    expect(await command(args, { LEDGERD_TOKEN: 'x' })).toMatchObject({ code: 6, out: '' })
  })

  it.each([
    { host: 'ledger.example', port: true, want: 200 },
    { host: '127.0.0.1', port: true, want: 200 },
    { host: '10.0.0.7', port: true, want: 200 },
    { host: 'localhost', port: true, want: 200 },
    { host: 'ledger.example', port: false, want: 421 },
    { host: 'evil.example', port: true, want: 421 },
    { host: 'ledger.example.evil.example', port: true, want: 421 },
  ])('answers $want to the Host $host (with the port: $port)', async ({ host, port, want }) => {
    expect(await askTls(port ? `${host}:${daemon.port}` : host)).toBe(want)
  })

  it.each([
    { name: 'plain HTTP', bytes: 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' },
    { name: 'noise', bytes: Buffer.alloc(4096, 0xa5) },
    { name: 'a TLS record that never ends', bytes: Buffer.from('160301ffff', 'hex') },
  ])('gives nothing to $name, and goes on', async ({ bytes }) => {
    const answer = await sendRaw({ port: daemon.port }, bytes).catch((error: NodeJS.ErrnoException) => error.code)
    if (typeof answer === 'object') expect(answer.head).not.toContain('HTTP/1.1 200')
    else expect(answer).toBe('ECONNRESET')
    expect(await askTls(`127.0.0.1:${daemon.port}`)).toBe(200)
  })

  it('speaks no TLS below 1.2', async () => {
    const options = { port: daemon.port, ca: fs.readFileSync(files.cert), maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }
    const socket = tls.connect({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' } as tls.ConnectionOptions)
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toMatch(/^ERR_SSL|^EPROTO|^ECONNRESET/)
  })

  it('takes up a new certificate on SIGHUP, and keeps the old one when the new one is wrong', async () => {
    const before = await fingerprint()
    fs.writeFileSync(files.key, 'no key', { mode: 0o600 })
    daemon.child.kill('SIGHUP')
    await daemon.whenSaid('the old certificate stays')
    expect(await fingerprint()).toBe(before)
    makeCertificate('DNS:new.example,IP:127.0.0.1')
    daemon.child.kill('SIGHUP')
    await daemon.whenSaid('certificate read again')
    expect(await fingerprint()).not.toBe(before)
    expect([await askTls(`new.example:${daemon.port}`), await askTls(`ledger.example:${daemon.port}`)]).toEqual([
      200, 421,
    ])
  })
})

describe.runIf(hasOpenssl)('a pair of files (needs openssl)', () => {
  const key = path.join(folder, 'spoilt.pem')
  it.each([
    { name: 'whose key others can read', spoil: () => fs.chmodSync(key, 0o644), says: 'chmod 600' },
    { name: 'whose key its group can read', spoil: () => fs.chmodSync(key, 0o640), says: 'chmod 600' },
    { name: 'of two pairs', spoil: () => makeKey(key), says: 'not the key of' },
    {
      name: 'with a certificate for a key',
      spoil: () => fs.writeFileSync(key, fs.readFileSync(files.cert)),
      says: 'holds',
    },
    { name: 'with an empty key', spoil: () => fs.truncateSync(key), says: 'holds no private key' },
    { name: 'without a key', spoil: () => fs.rmSync(key), says: 'cannot be read' },
    { name: 'with a folder for a key', spoil: () => (fs.rmSync(key), fs.mkdirSync(key)), says: 'no plain file' },
  ])('is refused $name', ({ spoil, says }) => {
    fs.rmSync(key, { recursive: true, force: true })
    fs.writeFileSync(key, fs.readFileSync(files.key), { mode: 0o600 })
    spoil()
    expect(() => readTlsFiles({ ...files, key })).toThrow(`CONFIG_INVALID: `)
    expect(() => readTlsFiles({ ...files, key })).toThrow(says)
  })

  it('is wanted by a start beyond loopback, both or none, and is enough', async () => {
    const rows = [
      { args: ['--listen', '0.0.0.0:0'], says: '--tls-cert' },
      { args: ['--tls-cert', files.cert], says: 'go together' },
    ]
    const refusals = rows.map(async ({ args, says }, n) => {
      const refused = DaemonProcess.spawn(path.join(folder, `other${n}`), `${at.socket}${n}`, args)
      expect(await refused.exited).toMatchObject({ code: 2 })
      expect(refused.said).toContain('CONFIG_INVALID')
      expect(refused.said).toContain(says)
    })
    const wide = DaemonProcess.start(path.join(folder, 'wide'), `${at.socket}w`, [...flags, '--listen', '0.0.0.0:0'])
    await Promise.all(refusals)
    expect(await (await wide).kill('SIGTERM')).toMatchObject({ code: 0 })
  })
})

function makeCertificate(names: string): void {
  const subject = ['-subj', '/CN=ledgerd-test', '-addext', `subjectAltName=${names}`, '-days', '2']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', files.key]
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', files.cert], { stdio: 'ignore' })
  fs.chmodSync(files.key, 0o600)
}

function makeKey(file: string): void {
  const args = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-out', file]
  execFileSync('openssl', args, { stdio: 'ignore' })
}

/** The command line as a client, which believes certificates as any Node program does. */
async function command(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string }> {
  const entry = path.join(import.meta.dirname, '../bin/ledgerd.cjs')
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: files.cert, LEDGERD_TOKEN: token, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit')
  const out = Buffer.concat((await child.stdout.toArray()) as Buffer[]).toString()
  const [code] = (await exited) as [number]
  return { code, out }
}

async function askTls(host: string): Promise<number | undefined> {
  const request = https.get({
    host: '127.0.0.1',
    port: daemon.port,
    path: '/v1/ledgers',
    ca: fs.readFileSync(files.cert),
    agent: false,
    // The Host header is the attack here; the certificate is looked at elsewhere.
    checkServerIdentity: () => undefined,
    headers: { host, authorization: `Bearer ${token}` },
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

async function fingerprint(): Promise<string> {
  const socket = tls.connect({ socket: net.connect(daemon.port, '127.0.0.1'), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}
