// A digest of data that comes in pieces, for what is too large to stand in memory at once.

export interface RunningDigest {
  /** Adds a piece. Strings are hashed as UTF-8, each by itself. */
  update(data: Uint8Array | string): void
  /** The digest of all pieces so far, in lower-case hex. More may follow. */
  hex(): string
}
