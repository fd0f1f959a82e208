// Over TLS nothing is sent before the certificate was believed: who cannot believe it is told so at once.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { httpCall } from './http-call.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

it.runIf(hasOpenssl)('a certificate that is not believed leaves nothing in doubt (needs openssl)', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ledgerd-http-call-'))
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')]
  const subject = ['-nodes', '-days', '1', '-subj', '/CN=harbour.test']
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-keyout',
    key,
    '-out',
    cert,
  ]
  execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' })
  const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) })
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const address = { url: origin, origin, socketPath: undefined, token: undefined }
    const call = {
      method: 'POST',
      path: '/v1/ledgers/worlds/a/append',
      body: Buffer.from('{}'),
      timeoutMs: 9000,
    } as const
    await expect(httpCall(address, { ...call, signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      outcome: 'absent',
      message: expect.stringContaining('its certificate is not believed'),
      details: { command: expect.stringContaining('NODE_EXTRA_CA_CERTS') },
    })
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
})
