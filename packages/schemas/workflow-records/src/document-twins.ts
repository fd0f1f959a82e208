// When two documents are the same work: an upload by the hash of its source, a transformation by the hash of its content
// and the version of what processed it (formats §6.5).

/** The members of a document record that tell. */
export interface DocumentRecord {
  readonly source?: { readonly hash?: unknown } | null | undefined
  readonly derived?: Readonly<Record<string, unknown>> | null | undefined
  readonly processor_version?: string | undefined
}

/** Equal for documents that need not be stored or processed twice; undefined where the hash to compare is missing. */
export function documentTwinKey({ source, derived, processor_version: version }: DocumentRecord): string | undefined {
  if (derived === undefined || derived === null)
    return typeof source?.hash === 'string' ? JSON.stringify(['source', source.hash]) : undefined
  const content = derived['content_hash'] ?? derived['extracted_text_hash']
  return typeof content === 'string' && version !== undefined
    ? JSON.stringify(['derived', content, version])
    : undefined
}
