// The front door: `connect` and `connectAll` on the platform that the package's imports chose.
import { platform } from '#transport'
import type { EventMap } from '@ledgerd/schema'
import type { LedgerGroup } from './ledger-group.ts'
import type { Ledger } from './ledger.ts'
import { Connector } from './open-ledger.ts'
import type { ConnectAllOptions, ConnectOptions } from './open-ledger.ts'

const connector = new Connector(platform)

/**
 * A handle on one ledger. Does no I/O: the first call that needs the daemon dials it, and handles with the same address
 * and token share one socket. Throws LEDGER_ID_INVALID, CONFIG_INVALID.
 */
export function connect<Events extends EventMap>(options: ConnectOptions<Events>): Ledger<Events> {
  return connector.connect(options)
}

/** A handle for reading several ledgers, named by ids or patterns, as one stream. Throws as `connect` does. */
export function connectAll<Events extends EventMap>(options: ConnectAllOptions<Events>): LedgerGroup<Events> {
  return connector.connectAll(options)
}
