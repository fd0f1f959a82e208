// The phase of a window record, `audio.window#<n>.refine#<k>`, and what the rest of the record must repeat of it
// (formats §5.1).

export interface Phase {
  readonly windowIdx: number
  /** Which refinement of the window, counted by the writer; the loop limit is about this number. */
  readonly refinement: number
}

/** Decimal without leading zeros, and few enough digits to be exact in every reader. */
const phasePattern = /^audio\.window#(0|[1-9]\d{0,14})\.refine#(0|[1-9]\d{0,14})$/

/** Undefined if `text` does not follow the grammar. */
export function parsePhase(text: string): Phase | undefined {
  const match = phasePattern.exec(text)
  return match === null ? undefined : { windowIdx: Number(match[1]), refinement: Number(match[2]) }
}

export function formatPhase({ windowIdx, refinement }: Phase): string {
  return `audio.window#${windowIdx}.refine#${refinement}`
}

/** The capsule of a window: `AUDIO_W003`. */
export function capsuleId(windowIdx: number): string {
  return `AUDIO_W${String(windowIdx).padStart(3, '0')}`
}
