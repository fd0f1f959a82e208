// What `serve` can be told.
import type { SecondSync } from '../config.ts'
import type { TlsFiles } from '../storage/tls-files.ts'

export interface ServeSettings {
  readonly dataFolder: string
  /** As `--listen` takes it. */
  readonly listen: string
  /** Undefined for the usual place, empty for none but the data folder's. */
  readonly socket: string | undefined
  readonly writerProfile: string
  /** Rules of the form PATTERN=PACKAGE, which stand before those of the config file. */
  readonly schemas: readonly string[]
  readonly secondSync: SecondSync
  /** Of this program, for the greeting of each connection. */
  readonly version: string
  readonly isUnsafeListenAllowed: boolean
  /** Of the web pages that may connect. */
  readonly origins: ReadonlySet<string>
  /** Of each token; Infinity for no limit. */
  readonly draftsPerSecondMax: number
  /** Undefined for none: the TCP port then speaks plain HTTP. */
  readonly tls: TlsFiles | undefined
}
