// What is left in memory of a ledger at rest: thousands may be. Flat, and texts that many ledgers share are kept once.
import type { LedgerStat } from './ports.ts'

/** Texts met so far: versions and digests of schemas, profiles. Ledgers name few. */
const shared = new Map<string, string>()
const sharedMax = 1024

type Figures = Pick<LedgerStat, 'size' | 'bytes' | 'root' | 'epoch' | 'profile' | 'schemaVersion' | 'schemaDigest'>

export class RestFigures {
  readonly #size: number
  readonly #bytes: number
  readonly #root: string | undefined
  readonly #epoch: number
  readonly #profile: string
  readonly #schemaVersion: string | undefined
  readonly #schemaDigest: string | undefined

  /** Of a ledger that takes appends; what stopped another is remembered elsewhere. */
  constructor({ size, bytes, root, epoch, profile, schemaVersion, schemaDigest }: Figures) {
    this.#size = size
    this.#bytes = bytes
    this.#root = root
    this.#epoch = epoch
    this.#profile = once(profile)
    this.#schemaVersion = once(schemaVersion)
    this.#schemaDigest = once(schemaDigest)
  }

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** `sha256:<hex>`; undefined for a ledger of which nothing is known. */
  get root(): string | undefined {
    return this.#root
  }

  stat(ledger: string, schema: string): LedgerStat {
    const [schemaVersion, schemaDigest] = [this.#schemaVersion, this.#schemaDigest]
    return {
      ledger,
      size: this.#size,
      bytes: this.#bytes,
      root: this.#root,
      epoch: this.#epoch,
      state: 'open',
      reason: undefined,
      schema,
      ...(schemaVersion === undefined ? {} : { schemaVersion }),
      ...(schemaDigest === undefined ? {} : { schemaDigest }),
      profile: this.#profile,
    }
  }
}

function once<Text extends string | undefined>(text: Text): Text {
  if (text === undefined) return text
  const known = shared.get(text)
  if (known === undefined && shared.size < sharedMax) shared.set(text, text)
  return (known ?? text) as Text
}
