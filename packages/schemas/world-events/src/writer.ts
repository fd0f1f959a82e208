// The writer of one world's ledger: admission and sealing under one profile.
import { formatValue } from '@ledgerd/canonical'
import { LedgerError } from '@ledgerd/schema'
import type { LineWriter, WriterOptions } from '@ledgerd/schema'
import { Admission } from './admission.ts'
import { profileNamed, profiles } from './profiles.ts'
import { isSameContent } from './same-content.ts'
import { Sealing } from './sealing.ts'
import { writableWorldOf } from './world.ts'
import type { WorldDraft } from './world-draft.ts'

/** Throws LEDGER_ID_INVALID for a ledger that cannot be a world, CONFIG_INVALID for an unknown profile. */
export function openWriter(options: WriterOptions): LineWriter<WorldDraft> {
  const profile = profileNamed(options.profile)
  if (profile === undefined) {
    const known = profiles.map(({ name }) => name).join(', ')
    throw new LedgerError('CONFIG_INVALID', `There is no profile "${options.profile}"; choose one of ${known}.`)
  }
  const world = new TextEncoder().encode(formatValue(writableWorldOf(options.ledger), 'python'))
  const admission = new Admission({ world, timestampBytesMax: profile.timestampBytesMax })
  const sealing = new Sealing(profile, world)
  return {
    profile: profile.name,
    admit: (bytes) => admission.admit(bytes),
    seal: (draft, stamp, target, at) => sealing.seal(draft, stamp, target, at),
    isSameContent: (draft, line) => isSameContent(draft, line, world),
  }
}
