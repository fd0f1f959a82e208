// The two vocabularies that `mode` is written in (formats §3.1): the seed's, and the one of the original software, whose
// checker rejects the seed's own words. A file should keep to one of them.

/** The words of the seed, and of profile `seed`. */
export const seedModes = ['none', 'record', 'replay'] as const
/** What the original writes: `execute-sandbox` under policy strict, else `plan-only`. The words of profile `original`. */
export const originalModes = ['plan-only', 'execute-sandbox'] as const

export type ExecutionMode = (typeof seedModes)[number] | (typeof originalModes)[number]
export type ModeVocabulary = 'seed' | 'original'

/** The first is what is written unless the other is asked for. */
export const modeVocabularies: readonly [ModeVocabulary, ModeVocabulary] = ['seed', 'original']

const vocabularyByMode: ReadonlyMap<string, ModeVocabulary> = new Map<string, ModeVocabulary>([
  ...seedModes.map((mode) => [mode, 'seed'] as const),
  ...originalModes.map((mode) => [mode, 'original'] as const),
])

/** The vocabulary that a mode belongs to; undefined if it is no mode at all. */
export function modeVocabularyOf(mode: string): ModeVocabulary | undefined {
  return vocabularyByMode.get(mode)
}
