// What a check of `ledgerd verify` runs under, whichever thread runs it, and the check of a ledger from its first byte.
import type { ContentStore, LedgerSchema } from '@ledgerd/schema'
import { type Level, verifyLedger, type VerifyOptions, type VerifyReport } from '@ledgerd/verify'
import type { Done } from './progress.ts'
import type { SchemaFlags } from './schema-choice.ts'
import type { Target } from './target.ts'
import { withPublicKey } from './verify-keys.ts'

/** What decides how lines are judged. Plain data, so that it can be handed to a thread. */
export interface CheckFlags extends SchemaFlags {
  readonly level?: Level
  readonly from?: string
  readonly strict?: boolean
  readonly as?: string
  readonly artifacts?: string
  readonly publicKey?: string
}

export type FileTarget = Extract<Target, { readonly kind: 'file' }>

export interface CheckContext {
  /** The moment that positions such as `@-15m` count back from; one for all targets. */
  readonly nowMs: number
  /** Ends a check early, with a report of what it covered. */
  readonly signal: AbortSignal
  /** What `--artifacts` names, opened. */
  readonly store: ContentStore | undefined
  readonly onProgress: (done: Done) => void
}

export type CheckParts = Partial<VerifyOptions> & Pick<VerifyOptions, 'chunks' | 'schema'>

/** The schema with the key of `--public-key` and the rest of what every kind of check is told. Throws CliError. */
export async function checkOptions(
  { name, ledger }: Pick<Target, 'name' | 'ledger'>,
  schema: LedgerSchema,
  flags: CheckFlags,
): Promise<Pick<VerifyOptions, 'target' | 'ledger' | 'schema'> & { readonly isStrict: boolean }> {
  return {
    target: name,
    ledger,
    schema: await withPublicKey(schema, flags.publicKey),
    isStrict: flags.strict === true,
  }
}

/** Checks a ledger from its first byte. Throws CliError, LedgerError and what reading throws. */
export async function checkWhole(
  target: Pick<Target, 'name' | 'ledger'>,
  flags: CheckFlags,
  context: CheckContext,
  parts: CheckParts,
  totalBytes: number | undefined,
): Promise<VerifyReport> {
  return await verifyLedger({
    ...(flags.level === undefined ? {} : { level: flags.level }),
    ...(context.store === undefined ? {} : { artifacts: context.store }),
    onProgress: (done) => context.onProgress({ ...done, totalBytes }),
    signal: context.signal,
    ...parts,
    ...(await checkOptions(target, parts.schema, flags)),
  })
}
