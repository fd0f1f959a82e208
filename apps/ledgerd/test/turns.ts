// Events for load: small, valid, each with a text of its own.

/** The payload of a translation, as the n-th of a writer. */
export function translation(writer: string, n: number) {
  return {
    status: 'success' as const,
    character_name: writer,
    channel: 'say',
    ooc_input: `line ${n}`,
    ic_output: `Hear me — ${n}.`,
    axis_snapshot: { demeanor: { label: 'proud', score: 0.87 } },
  }
}
