// The tokens of a data folder as the daemon starts: the owner's, made at the first start, and those of the token file.
import path from 'node:path'
import { readOrMakeSecret } from '../storage/secret-file.ts'
import { SpareDescriptor } from '../storage/spare-descriptor.ts'
import { TokenFile } from '../storage/token-file.ts'
import { isTokenText, makeToken } from './token.ts'
import { TokenBook } from './token-book.ts'
import type { TokenBookOptions } from './token-book.ts'

export interface OpenTokens {
  readonly tokens: TokenBook
  /** Where the owner's token is. */
  readonly tokenFile: string
}

export interface OpenTokensOptions extends Pick<TokenBookOptions, 'nowMs' | 'log' | 'draftsPerSecondMax'> {
  readonly sidecarRoot: string
  readonly random: (bytes: number) => Uint8Array
}

/** Throws CONFIG_INVALID when one of the files is wider than its owner, linked, foreign or spoilt. */
export function openTokens(options: OpenTokensOptions): OpenTokens {
  const { sidecarRoot, random, ...rest } = options
  const tokenFile = path.join(sidecarRoot, 'token')
  const ownerToken = readOrMakeSecret(tokenFile, { make: () => makeToken(random), isValid: isTokenText })
  const file = new TokenFile(sidecarRoot)
  const spare = new SpareDescriptor()
  const grants = { path: file.path, stamp: () => file.stamp(), read: () => spare.lend(() => file.read()) }
  return { tokenFile, tokens: new TokenBook({ ...rest, ownerToken, file: grants }) }
}
