// The code that a daemon loads when a ledger first needs it: built-in families, and what freezes a schema. A daemon that
// has ledgers of one family starts with the code of one.
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { type BuiltInFamily, builtInFamilies, loadBuiltIn } from './built-in.ts'
import { requireDescriptors } from '../storage/require-descriptors.ts'
import type * as freezingModule from './freeze.ts'

export type Freezing = typeof freezingModule

/** Files that Node has open at once while it loads: 88 with what all families share, 20 for one more. */
const descriptorsAtFirst = 96
const descriptorsOfFamily = 32

export class SchemaShelf {
  readonly #families: Map<BuiltInFamily, LedgerSchema> = new Map()
  #freezing: Freezing | undefined

  /** True when nothing is left to load. */
  get isWhole(): boolean {
    return this.#freezing !== undefined && this.#families.size === builtInFamilies.length
  }

  /** True when ledgers of this family can be opened; without a family, those of a package that is loaded. */
  has(family: BuiltInFamily | undefined): boolean {
    return this.#freezing !== undefined && (family === undefined || this.#families.has(family))
  }

  /** Throws BUSY while it is not loaded: the file of a ledger became another since somebody asked what it needs. */
  family(family: BuiltInFamily): LedgerSchema {
    return this.#families.get(family) ?? notLoaded(family)
  }

  /** Throws BUSY while it is not loaded. */
  get freezing(): Freezing {
    return this.#freezing ?? notLoaded('what freezes a schema')
  }

  /**
   * Loads what `has` asks for. BUSY while there are too few descriptors for it. INTERNAL if it fails all the same: Node
   * remembers the failure, so only a new start helps.
   */
  async load(family: BuiltInFamily | undefined): Promise<void> {
    const descriptors = this.#freezing === undefined ? descriptorsAtFirst : descriptorsOfFamily
    if (!this.has(family))
      requireDescriptors(descriptors, `the code of ${family ?? 'schema packages'} cannot be loaded`)
    try {
      this.#freezing ??= await import('./freeze.ts')
      if (family !== undefined) this.#families.set(family, await loadBuiltIn(family))
    } catch (error) {
      const what = `the code of ${family ?? 'schema packages'} does not load (${String(error)})`
      throw new LedgerError('INTERNAL', `${what}; install ledgerd again if need be, and restart it`, { cause: error })
    }
  }

  /** Loads everything, one after the other. Throws BUSY and INTERNAL. */
  async loadRest(): Promise<void> {
    for (const family of builtInFamilies) if (!this.has(family)) await this.load(family)
  }
}

function notLoaded(what: string): never {
  throw new LedgerError('BUSY', `${what} is being loaded; ask again`, { retryAfterMs: 100 })
}
