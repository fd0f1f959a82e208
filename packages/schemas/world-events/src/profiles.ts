// The two writer profiles (formats §2.3), and which of them the lines of an adopted file speak for.
import type { ProfileVerdict } from '@ledgerd/schema'
import { formatOriginalTimestamp, formatSeedTimestamp } from './timestamp.ts'

export interface WriterProfile {
  readonly name: 'seed' | 'original'
  /** The dialect that the checksum is taken over. */
  readonly checksum: 'python' | 'python-ascii'
  readonly timestampBytesMax: number
  readonly formatTimestamp: (timeMs: number) => string
}

/** As the seed prints it: any reader can check it with plain `json.dumps`. */
const seed: WriterProfile = {
  name: 'seed',
  checksum: 'python-ascii',
  timestampBytesMax: '2026-02-27T14:23:01.452Z'.length,
  formatTimestamp: formatSeedTimestamp,
}

/** As the original server writes it; required wherever that server reads or writes the file. */
const original: WriterProfile = {
  name: 'original',
  checksum: 'python',
  timestampBytesMax: '2026-02-27T14:23:01.452000+00:00'.length,
  formatTimestamp: formatOriginalTimestamp,
}

export const profiles: readonly [WriterProfile, WriterProfile] = [seed, original]

/** The first profile is the default. */
export function profileNamed(name: string | undefined): WriterProfile | undefined {
  return name === undefined ? seed : profiles.find((profile) => profile.name === name)
}

/** The profile for which the lines speak, given how many matched each checksum text. */
export function profileOf(variants: ReadonlyMap<string, number>): ProfileVerdict {
  const isOriginal = (variants.get('python') ?? 0) > 0
  const isSeed = (variants.get('python-ascii') ?? 0) > 0
  if (isOriginal && isSeed) return { conflict: 'checksum-variant-conflict' }
  return { profile: isOriginal ? original.name : seed.name }
}
