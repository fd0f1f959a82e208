// `--drafts-per-second`, of the daemon and of one token.
import { LedgerError } from '@ledgerd/schema/errors'

/** A whole number from 1. Throws CONFIG_INVALID. */
export function parseRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new LedgerError('CONFIG_INVALID', `--drafts-per-second takes a whole number from 1, not ${text.slice(0, 64)}`)
}
