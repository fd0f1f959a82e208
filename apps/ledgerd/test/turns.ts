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

/** The identity that a stored line carries, read without the product. Throws on what is no line. */
export function eventIdIn(line: Uint8Array): string {
  const { event_id: eventId } = JSON.parse(Buffer.from(line).toString()) as { readonly event_id?: unknown }
  if (typeof eventId !== 'string') throw new TypeError('a line without event_id')
  return eventId
}
