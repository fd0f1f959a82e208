// The invariants of the seed §7 under the names that its original prints, carried by every finding and refusal of theirs.

export const ruleNames = {
  ld1: 'LD1_ONE_ENTRY_PER_LINE',
  ld2: 'LD2_MONOTONIC_TIMESTAMPS',
  ld3: 'LD3_UNIQUE_RUN_IDS',
  ld4: 'LD4_VALID_CONTENT_HASHES',
} as const
