// What the check of one target came to: its report, or why there is none. Plain data, so that it is the same whether it
// comes from this thread or from another.
import { type ErrorCode, LedgerError } from '@ledgerd/schema/errors'
import type { VerifyReport } from '@ledgerd/verify'
import { CliError } from './cli-error.ts'

export type Outcome = { readonly report: VerifyReport } | { readonly failure: Failure }

export type Failure =
  | {
      readonly kind: 'command'
      readonly exitCode: number
      readonly sentence: string
      readonly hint: string | undefined
    }
  | { readonly kind: 'ledger'; readonly code: ErrorCode; readonly sentence: string; readonly command?: string }
  | { readonly kind: 'system'; readonly code: string; readonly sentence: string }
  /** A bug, here or in a schema package. One ledger's must not take the answers about the others along. */
  | { readonly kind: 'defect'; readonly sentence: string; readonly stack: string | undefined }

/** The outcome of a check. Never rejects. */
export async function outcomeOf(check: () => Promise<VerifyReport>): Promise<Outcome> {
  try {
    return { report: await check() }
  } catch (error) {
    return { failure: formatFailure(error) }
  }
}

/** An error as data: what people and exit codes are told of it. */
export function formatFailure(error: unknown): Failure {
  if (error instanceof CliError) {
    const { exitCode, message, hint } = error
    return { kind: 'command', exitCode, sentence: message, hint }
  }
  if (error instanceof LedgerError) {
    const { code, message, details } = error
    const { command } = details
    const sentence = message.slice(code.length + 2)
    return { kind: 'ledger', code, sentence, ...(typeof command === 'string' ? { command } : {}) }
  }
  if (!(error instanceof Error)) return { kind: 'defect', sentence: String(error), stack: undefined }
  const { code } = error as NodeJS.ErrnoException
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return { kind: 'system', code, sentence: error.message }
  return { kind: 'defect', sentence: `${error.name}: ${error.message}`, stack: error.stack }
}

/** The error that a failure of the check of `target` is reported as. A defect is INTERNAL. */
export function parseFailure(failure: Failure, target: string): unknown {
  switch (failure.kind) {
    case 'command':
      return new CliError(failure.exitCode, failure.sentence, failure.hint)
    case 'ledger': {
      const { code, sentence, command } = failure
      return new LedgerError(code, sentence, command === undefined ? {} : { details: { command } })
    }
    case 'system':
      return Object.assign(new Error(failure.sentence), { code: failure.code })
    case 'defect':
      return new LedgerError('INTERNAL', `nothing was decided about ${target}: ${failure.sentence}`)
  }
}
