// A stage key names a stage of a build, or a stage in one mode: `stage2`, `stage2:code` (formats §4.1). Neither part is
// empty, and neither may hold a colon.

export interface Stage {
  readonly stage: string
  /** Null for entries that hold for every mode. */
  readonly mode: string | null
}

// No member of an object should be named so: some JSON readers lose it.
const refusedName = '__proto__'

/** Undefined if `key` is none. */
export function parseStageKey(key: string): Stage | undefined {
  const [stage, mode, ...rest] = key.split(':')
  if (stage === undefined || stage === '' || mode === '' || rest.length > 0 || key === refusedName) return undefined
  return { stage, mode: mode ?? null }
}

export function formatStageKey({ stage, mode }: Stage): string {
  return mode === null ? stage : `${stage}:${mode}`
}

/** True if an artifact may have this name. */
export function isArtifactName(name: string): boolean {
  return name !== '' && name !== refusedName
}
