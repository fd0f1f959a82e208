// The tokens that are good now: the owner's, and those of the token file, which is looked at again whenever it changed. A
// file that cannot be trusted, or read, gives nobody anything until it is right again; the owner still gets in.
import { LedgerError } from '@ledgerd/schema/errors'
import type { Log } from '../ops/log.ts'
import { isSystemError } from '../storage/stop-signal.ts'
import { parseGrants } from './grant.ts'
import type { Grant } from './grant.ts'
import { everything, Principal } from './principal.ts'
import { hashToken, isSameHash } from './token.ts'

/** Where grants are kept. */
export interface GrantFile {
  readonly path: string
  /** Changes when the file does; must be cheap. */
  stamp(): string
  /** Undefined when there is none. Throws CONFIG_INVALID when others could have written it. */
  read(): string | undefined
}

export interface TokenBookOptions {
  readonly ownerToken: string
  readonly file: GrantFile
  /** The wall clock, Unix milliseconds: tokens expire by the calendar. */
  readonly nowMs: () => number
  readonly log: Log
  /** For grants that say nothing, and for the owner; Infinity for none. */
  readonly draftsPerSecondMax: number
}

interface Entry {
  readonly hash: Buffer
  readonly expiresMs: number
  readonly principal: Principal
  /** The grant as text: the same words are the same principal after a reload. */
  readonly grantText: string
}

/** Stands for a file that could not be looked at or read: no file has this stamp. */
const unread = 'unread'

export class TokenBook {
  /** Who holds the token made at the first start. */
  readonly #owner: Entry
  readonly #options: TokenBookOptions
  #stamp: string
  /** Replaced as a whole by each reload. */
  #entries: readonly Entry[] = []

  /** Throws CONFIG_INVALID when the file is there and cannot be trusted. */
  constructor(options: TokenBookOptions) {
    this.#options = options
    this.#owner = {
      hash: hashToken(options.ownerToken),
      expiresMs: Number.POSITIVE_INFINITY,
      principal: new Principal('owner', { ...everything, draftsPerSecondMax: options.draftsPerSecondMax }),
      grantText: '',
    }
    this.#stamp = options.file.stamp()
    this.#replace(readGrants(options.file))
  }

  /** Whose token this is. Looks at every entry, whichever it is, so that time tells nothing. */
  find(token: string): Principal | undefined {
    this.refresh()
    const hash = hashToken(token)
    let found: Principal | undefined
    for (const entry of [this.#owner, ...this.#entries]) if (isSameHash(entry.hash, hash)) found = entry.principal
    return found
  }

  /** Takes up what has changed in the file, and revokes what has expired. True when the file had changed. */
  refresh(): boolean {
    const { file, log, nowMs } = this.#options
    const before = this.#stamp
    try {
      this.#stamp = file.stamp()
      if (this.#stamp !== before) {
        this.#replace(readGrants(file))
        log.info('tokens read again', { file: file.path, tokens: this.#entries.length })
      }
    } catch (error) {
      if (!(error instanceof LedgerError) && !isSystemError(error)) throw error
      // What is wrong in the file stays so until it changes; what the system refused is asked for again.
      if (isSystemError(error)) this.#stamp = unread
      this.#replace([])
      if (this.#stamp !== before)
        log.error('no made token is taken until the file is right again', { file: file.path, reason: error.message })
    }
    const hasChanged = this.#stamp !== before
    const now = nowMs()
    for (const entry of this.#entries) if (entry.expiresMs <= now) entry.principal.revoke()
    if (this.#entries.some(({ principal }) => principal.isRevoked))
      this.#entries = this.#entries.filter(({ principal }) => !principal.isRevoked)
    return hasChanged
  }

  #replace(grants: readonly Grant[]): void {
    const before = new Map(this.#entries.map((entry) => [entry.grantText, entry]))
    const now = this.#options.nowMs()
    this.#entries = grants.flatMap((grant) => {
      const entry = entryOf(grant, this.#options.draftsPerSecondMax)
      const kept = before.get(entry.grantText)
      before.delete(entry.grantText)
      return entry.expiresMs <= now ? [] : [kept ?? entry]
    })
    for (const { principal } of before.values()) principal.revoke()
  }
}

function readGrants(file: GrantFile): Grant[] {
  const text = file.read()
  return text === undefined ? [] : parseGrants(text, file.path)
}

function entryOf(grant: Grant, draftsPerSecondMax: number): Entry {
  return {
    hash: Buffer.from(grant.sha256, 'hex'),
    expiresMs: grant.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(grant.expires),
    principal: new Principal(grant.name, {
      ...grant,
      draftsPerSecondMax: grant.draftsPerSecondMax ?? draftsPerSecondMax,
    }),
    grantText: JSON.stringify(grant),
  }
}
