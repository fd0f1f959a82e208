// The two event types of the family. Each is one upsert; `orderingLedger` is their fold, the last one per key winning
// (formats §4.3).
import { event, field, hash, int, text } from '@ledgerd/schema'
import * as z from 'zod'
import { chunkHashesMax } from './chunk-hashes.ts'

// `__proto__` is no name: JSON readers in JavaScript lose a member that is called so.
const stageKey = field(text().regex(/^(?!__proto__$)[^:]+(?::[^:]+)?$/, 'Must be "stage" or "stage:mode"'), {
  subject: { kind: 'stage', by: 'id' },
})
const artifactName = field(text().regex(/^(?!__proto__$)[^]+$/, 'Must be the name of an artifact'), {
  subject: { kind: 'artifact', by: 'name' },
})

/** Seeds of a stage: all four are said each time, for what is not said would be taken as known. */
const seeds = event(
  z.looseObject({
    stageKey,
    discoveryHash: text().nullable(),
    fileListHash: text().nullable(),
    fileCount: int().nonnegative().nullable(),
    mode: text().nullable(),
  }),
)

/** The ordering of one artifact of a stage. It replaces the whole entry. */
const artifact = event(
  z.looseObject({
    stageKey,
    artifact: artifactName,
    /** The form is a rule of the family, for files may hold hashes of algorithms that are not known here. */
    hash: text(),
    rule: text().nullable(),
    count: field(int().nonnegative().nullable(), { unit: '{line}' }),
    mode: text().nullable(),
    chunkHashes: z
      .looseObject({ chunkLines: int().positive(), hashes: z.array(hash('sha1')).max(chunkHashesMax) })
      .optional(),
  }),
)

export const events = { seeds, artifact } as const

export type SeedsData = z.infer<typeof seeds.model>
export type ArtifactData = z.infer<typeof artifact.model>

/** An event of the family without its envelope. */
export type OrderingEvent =
  | { readonly type: 'seeds'; readonly data: SeedsData }
  | { readonly type: 'artifact'; readonly data: ArtifactData }
