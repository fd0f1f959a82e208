// Where the daemon may listen. Loopback by address is safe; anything else needs TLS, or a flag whose name says what it
// gives up.
import { isIP } from 'node:net'
import { LedgerError } from '@ledgerd/schema/errors'

export interface BindAddress {
  /** An IP address. */
  readonly host: string
  readonly port: number
}

export const defaultPort = 4437

/** Parses `port`, `host:port` or `[v6]:port`. Throws CONFIG_INVALID; also for an address beyond loopback that is not allowed. */
export function parseBindAddress(text: string, options: { readonly isBeyondLoopbackAllowed: boolean }): BindAddress {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535)
    throw new LedgerError('CONFIG_INVALID', '--listen takes PORT, ADDRESS:PORT or [V6]:PORT')
  const named = match[1] ?? match[2] ?? '127.0.0.1'
  const host = named === 'localhost' ? '127.0.0.1' : named
  if (isIP(host) === 0) throw new LedgerError('CONFIG_INVALID', '--listen takes an IP address, not a name')
  if (!isLoopback(host) && !options.isBeyondLoopbackAllowed)
    throw new LedgerError(
      'CONFIG_INVALID',
      `${host} is reachable from other machines; give --tls-cert and --tls-key, listen on 127.0.0.1, or say --unsafe-listen-without-tls`,
    )
  return { host, port }
}

export function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
