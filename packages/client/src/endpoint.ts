// Turns what a caller may write as `url` into an endpoint.
import { paths } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'
import type { Endpoint } from './platform.ts'

const schemes: Readonly<Record<string, string>> = { 'ws:': 'ws:', 'http:': 'ws:', 'wss:': 'wss:', 'https:': 'wss:' }
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Takes ws:, wss:, http:, https: and unix:/path. Throws CONFIG_INVALID. */
export function parseEndpoint(url: string): Endpoint {
  if (url.startsWith('unix:')) return unixEndpoint(url, url.slice('unix:'.length))
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch (cause) {
    throw refusal(url, 'it is no URL', cause)
  }
  const scheme = schemes[parsed.protocol]
  if (scheme === undefined) throw refusal(url, 'it must begin with ws:, wss:, http:, https: or unix:/')
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw refusal(`${parsed.protocol}//${parsed.host}`, 'it must hold no user, password, query or fragment')
  }
  const folder = parsed.pathname.replace(/\/+$/, '')
  const path = folder.endsWith(paths.webSocket) ? folder : `${folder}${paths.webSocket}`
  const address = `${scheme}//${parsed.host}${path}`
  return { key: address, url: address, socketPath: undefined, isLocal: loopback.test(parsed.hostname) }
}

function unixEndpoint(url: string, path: string): Endpoint {
  const socketPath = path.replace(/^\/\/(?=\/)/, '')
  if (!socketPath.startsWith('/') && !socketPath.startsWith('\\\\.\\pipe\\')) {
    throw refusal(url, 'a local socket needs an absolute path')
  }
  return { key: `unix:${socketPath}`, url: `ws://localhost${paths.webSocket}`, socketPath, isLocal: true }
}

function refusal(url: string, flaw: string, cause?: unknown): LedgerError {
  return new LedgerError('CONFIG_INVALID', `${JSON.stringify(url)} is no address of a daemon: ${flaw}`, { cause })
}
