// The fixed texts of a canonical line and their order: python text of nine keys sorts `_checksum` first (formats §2.3).
//
//   {"_checksum": "sha256:<64>", "data": D, "event_id": "<32>", "event_type": "T", "ipc_hash": L, "meta": M,
//    "schema_version": "1.0", "timestamp": "S", "world_id": "W"}

const encoder = new TextEncoder()

export const checksumPrefix: string = 'sha256:'
export const checksumDigits = 64

export const layout = {
  /** Up to the digits of the checksum. */
  head: encoder.encode(`{"_checksum": "${checksumPrefix}`),
  /** Behind the digits; its last byte is where the hashed text has its `{`. */
  afterChecksum: encoder.encode('", '),
  data: encoder.encode('"data": '),
  eventId: encoder.encode(', "event_id": "'),
  eventType: encoder.encode('", "event_type": "'),
  link: encoder.encode('", "ipc_hash": '),
  meta: encoder.encode(', "meta": '),
  timestamp: encoder.encode(', "schema_version": "1.0", "timestamp": "'),
  world: encoder.encode('", "world_id": '),
} as const

/** Where the hashed text begins when the line begins at 0: at the blank that stands in for its `{`. */
export const bodyOffset: number = layout.head.length + checksumDigits + layout.afterChecksum.length - 1

/** All bytes of a line but those of data, type, link, meta, timestamp and world; LF and closing brace included. */
export const fixedBytes: number =
  Object.values(layout).reduce((sum, text) => sum + text.length, 0) + checksumDigits + 32 + '}\n'.length
