// The three ways to run a workflow again (formats §6.7), and what each may do. Reproduce reads only; replay goes through
// the motions under the same keys, so effects stay single; regenerate means new effects and a new lineage.

export type Rerun =
  | { readonly mode: 'reproduce' }
  | { readonly mode: 'replay' }
  /** `name` tells one regeneration from another: the same name is the same regeneration. */
  | { readonly mode: 'regenerate'; readonly name: string }

/** The idempotency key a step runs under; undefined if it must not run. */
export function rerunKey(key: string, rerun: Rerun): string | undefined {
  switch (rerun.mode) {
    case 'reproduce':
      return undefined
    case 'replay':
      return key
    case 'regenerate':
      return `${key}#${rerun.name}`
  }
}

/**
 * The lineage and version an outcome is written under; undefined if it must not be written. A regeneration never adds to
 * the old lineage, although readers accept that.
 */
export function rerunLineage(
  lineageId: string,
  version: number,
  rerun: Rerun,
): { readonly lineageId: string; readonly version: number } | undefined {
  switch (rerun.mode) {
    case 'reproduce':
      return undefined
    case 'replay':
      return { lineageId, version }
    case 'regenerate':
      return { lineageId: `${lineageId}#${rerun.name}`, version: 1 }
  }
}
