// What a project may decide about its audio ledgers, checked once: signatures and the limit of refinements.
import { ed25519 } from '#ed25519'
import { LedgerError } from '@ledgerd/schema'
import { parsePublicKey } from './ed25519.ts'
import type { VerifyEd25519 } from './ed25519.ts'
import type { SignaturePolicy } from './judge-signature.ts'

export interface AudioJobsOptions {
  readonly signature?: {
    /** Every record must be signed: an unsigned line is `sign-missing`, an unsigned draft is refused. Default false. */
    readonly isRequired?: boolean
    /** ed25519 keys of 64 hex digits, one of which must have signed. Without any, signatures are read but not verified. */
    readonly publicKeys?: readonly string[]
    /** Verifies at once, for platforms whose own verification answers by promise only: browsers. */
    readonly verifyNow?: VerifyEd25519
  }
  /** Refinements of one window; more are `too-many-loops`. Default 6. */
  readonly loopsMax?: number
}

export interface AudioJobsSettings {
  readonly signature: SignaturePolicy
  readonly loopsMax: number
}

const loopsMaxDefault = 6

/** Throws CONFIG_INVALID for a malformed key, and for a signature that is required and cannot be verified by any key. */
export function readOptions({ signature = {}, loopsMax = loopsMaxDefault }: AudioJobsOptions): AudioJobsSettings {
  const { isRequired = false, publicKeys = [], verifyNow = ed25519.verifyNow } = signature
  if (isRequired && publicKeys.length === 0)
    throw invalid('publicKeys', 'Signatures are required, but no public key is configured to verify them')
  if (!Number.isSafeInteger(loopsMax) || loopsMax < 0) throw invalid('loopsMax', 'loopsMax must be a count')
  return { signature: { isRequired, publicKeys: publicKeys.map(parsePublicKey), verifyNow }, loopsMax }
}

function invalid(setting: string, sentence: string): LedgerError {
  return new LedgerError('CONFIG_INVALID', `${sentence}.`, { details: { setting } })
}
