// What the parts of one handle share.
import type { EventMap, LedgerSchema } from '@ledgerd/schema'
import type { Connection } from './connection.ts'
import type { Platform } from './platform.ts'
import type { Settings } from './settings.ts'

export interface Context<Events extends EventMap> {
  readonly schema: LedgerSchema<Events>
  readonly connection: Connection
  readonly platform: Platform
  readonly settings: Settings
}
