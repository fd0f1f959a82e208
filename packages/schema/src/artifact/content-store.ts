// Where the files that lines refer to are kept, as whoever looks them up asks for them.

/** A folder, an object store, or a content store behind its client. */
export interface ContentStore {
  /**
   * The bytes behind a whole reference such as `sha256:<hex>` or `cid:<id>`; undefined if there are none. Nothing is held
   * open before the first chunk is asked for.
   */
  open(reference: string): Promise<AsyncIterable<Uint8Array> | undefined>
}
