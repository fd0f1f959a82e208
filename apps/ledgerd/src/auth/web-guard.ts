// What keeps web pages out of a daemon on this machine: the Host header must name this address, which defeats rebound
// names, and any Origin is foreign unless listed (reliability §8, browser row). Pure.
import { isIP } from 'node:net'
import { LedgerError } from '@ledgerd/schema/errors'

/** The names under which a daemon on this machine may be addressed; `bound` is the address it listens on. */
export function loopbackHosts(port: number, bound: string): ReadonlySet<string> {
  const names = ['127.0.0.1', '[::1]', 'localhost', isIP(bound) === 6 ? `[${bound}]` : bound]
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
}

export interface WebGuard {
  /** Empty, so that everything is refused, until the port is known; set once by main. */
  hosts: ReadonlySet<string>
  /** Listening beyond loopback: any address literal is let in too. A rebound name still is a name. */
  readonly isAnyAddressAllowed: boolean
  /** Over TLS, a name that the certificate is for, lower case: a rebound name has no certificate of ours. */
  readonly isOwnName: (name: string, port: number) => boolean
  readonly origins: ReadonlySet<string>
}

/** The origins that an operator lets in. Throws CONFIG_INVALID for what no browser sends. */
export function parseOrigins(texts: readonly string[]): ReadonlySet<string> {
  for (const text of texts) {
    const isWeb = /^https?:/.test(text) && URL.canParse(text)
    if (!isWeb || new URL(text).origin !== text)
      throw new LedgerError(
        'CONFIG_INVALID',
        `"${text}" is no origin; give scheme, host and port: http://localhost:8080`,
      )
  }
  return new Set(texts)
}

/** Exactly one Host header, with exactly one of the allowed values. Case of a name does not matter. */
export function isHostAllowed(guard: WebGuard, values: readonly string[]): boolean {
  const [host = ''] = values
  if (values.length !== 1) return false
  return (
    guard.hosts.has(host.toLowerCase()) ||
    (guard.isAnyAddressAllowed && isAddressLiteral(host)) ||
    isOwnName(guard, host.toLowerCase())
  )
}

/** No Origin at all (not a browser), or a listed one. `null` and a repeated header are foreign. */
export function isOriginAllowed(guard: WebGuard, values: readonly string[]): boolean {
  return values.length === 0 || (values.length === 1 && guard.origins.has(values[0] ?? ''))
}

/** Without a port it is that of https. */
function isOwnName(guard: WebGuard, host: string): boolean {
  const match = /^([a-z0-9.-]+)(?::(\d{1,5}))?$/.exec(host)
  return match !== null && guard.isOwnName(match[1] ?? '', Number(match[2] ?? 443))
}

function isAddressLiteral(host: string): boolean {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(host)
  return isIP(match?.[1] ?? match?.[2] ?? '') !== 0
}
