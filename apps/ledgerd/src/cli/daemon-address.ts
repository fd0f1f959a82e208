// Where the daemon is: --url, then LEDGERD_URL, then the socket in the data folder that was named, then the local socket
// of this user. The token comes from LEDGERD_TOKEN; over a local socket none is needed.
import { tmpdir } from 'node:os'
import path from 'node:path'
import { usualSocketPath } from '../locks/usual-socket.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'

export interface DaemonFlags {
  readonly url?: string
  readonly data?: string
  readonly quiet?: boolean
}

export interface DaemonAddress {
  /** As the client takes it, and for messages. */
  readonly url: string
  readonly socketPath: string | undefined
  /** http: or https: origin, with a path prefix if there is one. */
  readonly origin: string
  readonly token: string | undefined
}

/** Finds the address. Throws CliError for one that is none. */
export function daemonAddress(flags: DaemonFlags, env: Io['env']): DaemonAddress {
  const token = env['LEDGERD_TOKEN'] === '' ? undefined : env['LEDGERD_TOKEN']
  const named = flags.url ?? (env['LEDGERD_URL'] || undefined)
  if (named === undefined) {
    const socketPath = flags.data === undefined ? localSocket(env) : path.resolve(flags.data, '.ledgerd', 'sock')
    return { url: `unix:${socketPath}`, socketPath, origin: 'http://localhost', token }
  }
  if (named.startsWith('unix:')) {
    const socketPath = named.slice('unix:'.length).replace(/^\/\/(?=\/)/, '')
    return { url: named, socketPath, origin: 'http://localhost', token }
  }
  const parsed = URL.canParse(named) ? new URL(named) : undefined
  const scheme =
    parsed === undefined
      ? undefined
      : ({ 'http:': 'http:', 'ws:': 'http:', 'https:': 'https:', 'wss:': 'https:' } as const)[parsed.protocol]
  if (parsed === undefined || scheme === undefined)
    throw new CliError(
      exitCodes.usage,
      `${named} is no address of a daemon`,
      'http://127.0.0.1:4437, https://…, or unix:/path',
    )
  const prefix = parsed.pathname.replace(/\/(v1\/ws)?\/?$/, '')
  return { url: named, socketPath: undefined, origin: `${scheme}//${parsed.host}${prefix}`, token }
}

function localSocket(env: Io['env']): string {
  return usualSocketPath(env['XDG_RUNTIME_DIR'], tmpdir())
}
