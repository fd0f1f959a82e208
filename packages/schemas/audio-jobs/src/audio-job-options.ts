// What a project may decide about its audio ledgers, checked once: signatures and the limit of refinements, and under
// whose name it decides.
import { ed25519 } from '#ed25519'
import { LedgerError } from '@ledgerd/schema'
import { parsePublicKey } from './ed25519.ts'
import type { VerifyEd25519 } from './ed25519.ts'
import type { SignaturePolicy } from './judge-signature.ts'

export interface AudioJobsOptions {
  /** The project's own package that exports the schema. Ledgers are recorded under it; a daemon serves one per name. */
  readonly package?: SchemaPackage
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

export interface SchemaPackage {
  readonly name: string
  readonly version: string
}

export interface AudioJobsSettings {
  readonly package: SchemaPackage
  readonly signature: SignaturePolicy
  readonly loopsMax: number
}

const loopsMaxDefault = 6
const thisPackage: SchemaPackage = { name: '@ledgerd/schema-audio-jobs', version: '0.1.0' }

/** Throws CONFIG_INVALID for a malformed key, and for a signature that is required and cannot be verified by any key. */
export function readOptions(options: AudioJobsOptions): AudioJobsSettings {
  const { signature = {}, loopsMax = loopsMaxDefault } = options
  const { isRequired = false, publicKeys = [], verifyNow = ed25519.verifyNow } = signature
  if (isRequired && publicKeys.length === 0)
    throw invalid('publicKeys', 'Signatures are required, but no public key is configured to verify them')
  if (!Number.isSafeInteger(loopsMax) || loopsMax < 0) throw invalid('loopsMax', 'loopsMax must be a count')
  const policy = { isRequired, publicKeys: publicKeys.map(parsePublicKey), verifyNow }
  return { package: options.package ?? thisPackage, signature: policy, loopsMax }
}

function invalid(setting: string, sentence: string): LedgerError {
  return new LedgerError('CONFIG_INVALID', `${sentence}.`, { details: { setting } })
}
